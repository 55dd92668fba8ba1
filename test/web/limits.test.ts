import { expect, test } from "bun:test";
import { Limiter } from "../../src/web/gates/limits.ts";

const AT = Date.UTC(2026, 10, 24);

test("so many may come at once, and then one each time that there is room again", () => {
	const limiter = new Limiter({ most: 3, perMinute: 60 });
	expect([1, 2, 3].map(() => limiter.take("ada", AT))).toEqual([undefined, undefined, undefined]);
	expect(limiter.take("ada", AT)).toBe(1_000);
	expect(limiter.take("ada", AT + 400)).toBe(600);
	expect(limiter.take("ada", AT + 1_000)).toBeUndefined();
	expect(limiter.take("ada", AT + 1_000)).toBe(1_000);
});

test("one does not stand in the way of another", () => {
	const limiter = new Limiter({ most: 1, perMinute: 1 });
	expect(limiter.take("ada", AT)).toBeUndefined();
	expect(limiter.take("bob", AT)).toBeUndefined();
	expect(limiter.take("ada", AT)).toBe(60_000);
});

test("a bucket never holds more than it does at first", () => {
	const limiter = new Limiter({ most: 2, perMinute: 60 });
	limiter.take("ada", AT);
	const later = AT + 3_600_000;
	expect([1, 2, 3].map(() => limiter.take("ada", later))).toEqual([undefined, undefined, 1_000]);
});

test("a clock that is put back gives nothing, and takes nothing for long", () => {
	const limiter = new Limiter({ most: 1, perMinute: 60 });
	expect(limiter.take("ada", AT)).toBeUndefined();
	expect(limiter.take("ada", AT - 86_400_000)).toBe(1_000);
	expect(limiter.take("ada", AT + 1_000)).toBeUndefined();
});

test("who came once is forgotten when there are many", () => {
	const limiter = new Limiter({ most: 1, perMinute: 60 });
	for (let i = 0; i < 50_000; i++) limiter.take(`visitor ${i}`, AT + i);
	expect(limiter.size).toBeLessThan(25_000);
});
