import { expect, test } from "bun:test";
import { Patience } from "../../src/collector/patience.ts";

function waits(patience: Patience, times: number, took = 0, asked?: number): (number | undefined)[] {
	return Array.from({ length: times }, () => patience.nextWait(took, asked));
}

test("waits lie anywhere below a limit that doubles", () => {
	expect(waits(new Patience(() => 1), 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
	expect(waits(new Patience(() => 0.25), 4)).toEqual([250, 500, 1_000, 2_000]);
	expect(waits(new Patience(() => 0), 4)).toEqual([0, 0, 0, 0]);
});

test("it ends after a few tries, which begin anew once something got through", () => {
	const patience = new Patience(() => 0);
	expect(waits(patience, 5)).toEqual([0, 0, 0, 0, undefined]);
	patience.reset();
	expect(waits(patience, 5)).toEqual([0, 0, 0, 0, undefined]);
});

test("it ends after a minute altogether, whatever got through", () => {
	const patience = new Patience(() => 1);
	expect(waits(patience, 2, 28_000)).toEqual([1_000, 2_000]);
	patience.reset();
	expect(patience.nextWait(0)).toBe(1_000);
	expect(patience.nextWait(0)).toBeUndefined();
});

test("a wait that the server asks for is kept, up to what is left of the minute", () => {
	expect(waits(new Patience(() => 1), 2, 0, 30_000)).toEqual([30_000, 30_000]);
	expect(waits(new Patience(() => 1), 1, 0, 60_001)).toEqual([undefined]);
	expect(waits(new Patience(() => 1), 2, 0, 1_500)).toEqual([1_500, 2_000]);
});
