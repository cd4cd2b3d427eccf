import { assertEquals } from "@std/assert";
import { test } from "../../tests/harness.ts";
import { readJUnit } from "./junit.ts";

test("a report of Deno counts failures and errors as failed", () => {
  const report = `<testsuites name="deno test" tests="3" failures="1" errors="1" time="0.004">
    <testsuite name="./tests/a_test.ts" tests="3" disabled="0" errors="1" failures="1">
        <testcase name="passes &lt;&amp;&gt; well" classname="./tests/a_test.ts" time="0.000" line="2" col="1">
        </testcase>
        <testcase name="fails" classname="./tests/a_test.ts" time="0.001" line="3" col="1">
            <failure message="Uncaught Error: &lt;/testcase&gt;">Error: boom</failure>
        </testcase>
        <testcase name="is cut short" classname="./tests/a_test.ts"><error message="Cancelled"/></testcase>
    </testsuite>
</testsuites>`;
  assertEquals(readJUnit(report), {
    passed: 1,
    failed: 2,
    failures: ["fails\n    Error: boom", "is cut short\n    Cancelled"],
  });
});

test("a report of Bun counts skipped tests as neither", () => {
  const report = `<testsuites name="bun test"><testsuite name="tests/a_test.ts" file="tests/a_test.ts">
    <testcase name="passes" classname="" time="0.001268" file="tests/a_test.ts" line="2" assertions="0" />
    <testcase name="waits" classname="" file="tests/a_test.ts"><skipped /></testcase>
    <testcase name="fails" classname="" file="tests/a_test.ts"><failure type="Error" message="x">y</failure></testcase>
  </testsuite></testsuites>`;
  assertEquals(readJUnit(report), { passed: 1, failed: 1, failures: ["fails\n    y"] });
});

test("a report of Node counts a file that ran no test as failed", () => {
  const report = `<testsuites>
	<testcase name="holds <&amp;> well" time="0.000506" classname="test" file="/tests/a_test.ts"/>
	<testcase name="tests/left_early_test.ts" time="0.087137" classname="test" file="/tests/left_early_test.ts"/>
	<testcase name="fails" classname="test" file="/tests/a_test.ts" failure="a > b">
		<failure type="testCodeFailure" message="a > b">[Error: a > b] { code: 'ERR_TEST_FAILURE' }</failure>
	</testcase>
	<!-- tests 3 -->
</testsuites>`;
  assertEquals(readJUnit(report), {
    passed: 1,
    failed: 2,
    failures: ["tests/left_early_test.ts\n    ", "fails\n    [Error: a > b] { code: 'ERR_TEST_FAILURE' }"],
  });
});

test("an empty report counts nothing", () => {
  assertEquals(readJUnit(""), { passed: 0, failed: 0, failures: [] });
});
