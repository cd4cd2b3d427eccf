import { assertEquals, assertRejects } from "@std/assert";
import { Consumer } from "../../src/watch/consumer.ts";
import { test } from "../harness.ts";

/** Items that a test supplies. */
class Supply {
  readonly items: number[] = [];
  over = false;
  error: Error | undefined;
  readonly consumer = new Consumer<number>({
    take: () => this.items.shift(),
    ended: () => {
      const { error } = this;
      this.error = undefined;
      if (error) throw error;
      return this.over;
    },
    close: () => {
      this.over = true;
      this.items.length = 0;
    },
  });

  add(...items: number[]): void {
    this.items.push(...items);
    this.consumer.wake();
  }

  end(error?: Error): void {
    this.over = true;
    this.error = error;
    this.consumer.wake();
  }
}

test("several nexts that wait are served in order, whatever arrives together", async () => {
  const one = new Supply();
  const waiting = [one.consumer.next(), one.consumer.next(), one.consumer.next()];
  one.add(1, 2);
  one.add(3, 4);
  assertEquals((await Promise.all(waiting)).map((result) => result.value), [1, 2, 3]);
  assertEquals(await one.consumer.next(), { done: false, value: 4 });
  assertEquals(one.consumer[Symbol.asyncIterator](), one.consumer);
});

test("an end comes after what arrived, to all who wait", async () => {
  const supply = new Supply();
  supply.add(1);
  supply.end();
  assertEquals(await supply.consumer.next(), { done: false, value: 1 });
  assertEquals(await supply.consumer.next(), { done: true, value: undefined });
  assertEquals(await supply.consumer.next(), { done: true, value: undefined });
});

test("an error is told once, to the first who waits", async () => {
  const supply = new Supply();
  const waiting = [supply.consumer.next(), supply.consumer.next()];
  supply.end(new Error("broken"));
  await assertRejects(() => waiting[0], Error, "broken");
  assertEquals(await waiting[1], { done: true, value: undefined });
  assertEquals(await supply.consumer.next(), { done: true, value: undefined });
});

test("leaving the loop closes the source and ends who waits", async () => {
  const supply = new Supply();
  supply.add(1, 2, 3);
  for await (const item of supply.consumer) {
    assertEquals(item, 1);
    break;
  }
  assertEquals([supply.over, supply.items.length], [true, 0]);
  assertEquals(await supply.consumer.next(), { done: true, value: undefined });

  const other = new Supply();
  const waiting = other.consumer.next();
  assertEquals(await other.consumer.return("value"), { done: true, value: "value" });
  assertEquals(await waiting, { done: true, value: undefined });
});
