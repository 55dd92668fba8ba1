import { expect, test } from "bun:test";
import { sparkLine } from "../../src/cli/screen/spark-line.ts";

test.each([
	[[], ""],
	[[1, 2, 3, 4, 5], "▁▂▃▅▇"],
	[[0, undefined, 10], "▁ ▇"],
	[[0, 0], "▁▁"],
	[[undefined], " "],
	[[0.000001, 1_000_000], "▁▇"],
])("%p are %p", (values, bars) => {
	expect(sparkLine(values)).toBe(bars);
});
