"""Python etcetra's side of the bench: does what a line of standard input says, answers with a line.

The lines are described in bench/workers/protocol.ts.
"""

import asyncio
import json
import resource
import sys
import threading
import time

from etcetra import EtcdClient, HostPortPair

host, port = sys.argv[1].split(":")
client = EtcdClient(HostPortPair(host, int(port)))
value = "v" * 64


def say(line):
    print(json.dumps(line), flush=True)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def call_of(communicator, name):
    async def get(_slot):
        await communicator.get("bench/get")

    async def put(slot):
        await communicator.put(f"bench/put/{slot}", value)

    async def read_range(_slot):
        read = 0
        for key, text in (await communicator.get_prefix("bench/range/")).items():
            read += len(key) + len(text)
        assert read > 0

    async def lock(_slot):
        async with client.with_lock("bench/lock"):
            pass

    return {"get": get, "put": put, "range": read_range, "lock": lock}.get(name)


async def repeat(call, asked):
    in_flight = asked["inFlight"]
    count = asked.get("count", float("inf"))
    end = time.perf_counter() + asked.get("milliseconds", 1e9) / 1000
    calls = 0
    latencies = []

    async def one(slot):
        nonlocal calls
        begun = time.perf_counter()
        while begun < end and calls < count:
            calls += 1
            await call(slot)
            ended = time.perf_counter()
            if in_flight == 1:
                latencies.append(ended - begun)
            begun = ended

    cpu, begun = cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(one(slot) for slot in range(in_flight)))
    result = {"calls": calls, "seconds": time.perf_counter() - begun, "cpu": cpu_seconds() - cpu}
    if latencies:
        result["median"] = sorted(latencies)[len(latencies) // 2] * 1000
    return result


async def watch(communicator, asked):
    if "from" in asked:
        return {"error": "has no start revision that works"}
    read = seen = 0
    cpu = begun = 0.0
    sent = asyncio.Event()

    async def start():
        nonlocal cpu, begun
        await sent.wait()
        # The client does not tell when the server has created the watch.
        await asyncio.sleep(0.5)
        say({"watching": True})
        cpu, begun = cpu_seconds(), time.perf_counter()

    starting = asyncio.create_task(start())
    async for event in communicator.watch_prefix("bench/put/", ready_event=sent):
        read += len(event.key) + len(event.value)
        seen += 1
        if seen == asked["events"]:
            break
    await starting
    assert read > 0
    return {"calls": seen, "seconds": time.perf_counter() - begun, "cpu": cpu_seconds() - cpu}


async def answer(communicator, asked):
    try:
        if asked["do"] == "watch":
            return await watch(communicator, asked)
        call = call_of(communicator, asked.get("call"))
        return {"error": f"has no {asked.get('call')}"} if call is None else await repeat(call, asked)
    except Exception as error:
        return {"error": repr(error)}


async def main():
    lines = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read_lines():
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read_lines, daemon=True).start()
    async with client.connect() as communicator:
        await communicator.get("bench/get")
        say({"ready": True})
        while (line := await lines.get()) is not None:
            say(await answer(communicator, json.loads(line)))


asyncio.run(main())
