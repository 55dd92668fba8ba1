import { describe, expect, test } from "bun:test";
import { COURSE_STEP_MS, COURSE_STEPS, courseOf } from "../../src/usage/course.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";

const START = Date.UTC(2026, 2, 2, 10);
const MINUTE = 60_000;

const used = (step: number, costNanoUsd: number) => ({ ...NO_USAGE, step, costNanoUsd, responses: 1 });

describe("the course of a block", () => {
	const now = START + 61 * MINUTE;
	const block = { start: START, lastAt: START + 40 * MINUTE, projection: { totalCostUsd: 9 } };
	const course = courseOf(block, [used(0, 1e9), used(7, 2e9)], now);

	test("has every step, one after the other, from its start to its end", () => {
		expect(course).toHaveLength(COURSE_STEPS);
		for (const [i, { start, end }] of course.entries()) {
			expect([start, end]).toEqual([START + i * COURSE_STEP_MS, START + (i + 1) * COURSE_STEP_MS]);
		}
		expect(course.at(-1)?.end).toBe(START + 300 * MINUTE);
	});

	test("runs up to the present step, and says nothing of what is to come", () => {
		const running = course.map((step) => step.running);
		expect(running.slice(0, 13)).toEqual([1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3].map((usd) => usd * 1e9));
		expect(new Set(running.slice(13))).toEqual(new Set([undefined]));
	});

	test("goes on from there in a straight line to what is projected", () => {
		const projected = course.map((step) => step.projected);
		expect(projected[11]).toBeUndefined();
		expect(projected[12]).toBe(3e9);
		expect(projected.at(-1)).toBe(9e9);
		for (let i = 13; i < COURSE_STEPS; i++) {
			expect((projected[i] ?? 0) - (projected[i - 1] ?? 0)).toBeCloseTo(6e9 / 47, 0);
		}
	});

	test("has no projection where there is no rate, and counts what a clock that is ahead tells", () => {
		const ahead = { start: START, lastAt: START + 120 * MINUTE };
		const steps = courseOf(ahead, [used(24, 5e9)], START + MINUTE);
		expect(steps[24]?.running).toBe(5e9);
		expect(steps[25]?.running).toBeUndefined();
		expect(steps.every(({ projected }) => projected === undefined)).toBe(true);
	});

	test("ends in its last step, that of a response at its very end", () => {
		const last = courseOf({ start: START, lastAt: START + 300 * MINUTE }, [used(59, 1)], START + MINUTE);
		expect(last.at(-1)?.running).toBe(1);
	});
});
