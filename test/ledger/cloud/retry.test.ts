import { describe, expect, test } from "bun:test";
import {
	answerDeadline,
	answeredError,
	CloudError,
	notOpenError,
} from "../../../src/ledger/cloud/cloud-error.ts";
import { type RetryPolicy, retrying } from "../../../src/ledger/cloud/retry.ts";

const POLICY: RetryPolicy = { attempts: 3, delayMs: 1_000 };
const isRetryable = (error: CloudError) => error.isRetryable;

/** Runs work that fails so often before it answers, and tells how long it slept. */
async function tryWith(errors: Error[], { policy = POLICY, chance = 0.5, isSafe = isRetryable } = {}) {
	const slept: number[] = [];
	let runs = 0;
	const sleep = async (ms: number) => slept.push(ms);
	const work = async () => {
		const error = errors[runs++];
		if (error) throw error;
		return "done";
	};
	const outcome = await retrying(policy, work, isSafe, sleep, () => chance).catch((error: unknown) => error);
	return { outcome, runs, slept };
}

describe("work that fails", () => {
	test("is run again until it answers", async () => {
		const errors = [notOpenError(), answeredError(5, undefined, "database is locked")];
		expect(await tryWith(errors)).toEqual({ outcome: "done", runs: 3, slept: [750, 1_500] });
	});

	test("is not slept over where it answers at once", async () => {
		expect(await tryWith([])).toEqual({ outcome: "done", runs: 1, slept: [] });
	});

	test("throws its last error when no tries are left", async () => {
		const errors = Array.from({ length: 4 }, (_, i) => answeredError(6, i, "database table is locked"));
		const { outcome, runs } = await tryWith(errors);
		expect(outcome).toBe(errors[3]);
		expect(runs).toBe(4);
	});

	test("is run once where no further tries are wanted", async () => {
		const error = notOpenError();
		const policy = { attempts: 0, delayMs: 1_000 };
		expect(await tryWith([error], { policy })).toEqual({ outcome: error, runs: 1, slept: [] });
	});

	test("is not run again where that is not safe", async () => {
		const error = answerDeadline(15_000);
		expect(await tryWith([error])).toEqual({ outcome: error, runs: 1, slept: [] });
		expect(await tryWith([error], { isSafe: () => true })).toMatchObject({ outcome: "done", runs: 2 });
	});

	test("is not run again after an error of its own", async () => {
		const error = new TypeError("a slip");
		expect(await tryWith([error], { isSafe: () => true })).toEqual({ outcome: error, runs: 1, slept: [] });
	});
});

describe("pauses", () => {
	const errors = Array.from({ length: 6 }, notOpenError);
	const policy = { attempts: 6, delayMs: 1_000 };

	test.each([
		[0, [500, 1_000, 2_000, 4_000, 4_000, 4_000]],
		[1, [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]],
	])("double up to a bound, one half of them fixed, the other left to chance: %p", async (chance, pauses) => {
		expect((await tryWith(errors, { policy, chance })).slept).toEqual(pauses);
	});
});

describe("what the server answered", () => {
	test.each([5, 6, 10_006])("has not run and may be tried again, where it is %p", (code) => {
		expect(answeredError(code, undefined, "x")).toMatchObject({
			fate: "not executed",
			isRetryable: true,
			code,
		});
	});

	test.each([1, 19, 25, 10_000, 10_001, 10_002, 10_003, 10_004, 10_005])(
		"is refused where it is %p",
		(code) => {
			const error = answeredError(code, 2067, "x");
			expect(error).toBeInstanceOf(CloudError);
			expect(error).toMatchObject({ fate: "refused", isRetryable: false, code, extended: 2067 });
		},
	);
});
