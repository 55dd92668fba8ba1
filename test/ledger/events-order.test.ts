import { describe, expect, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import { AT, type Dump, dumpLedger, eventOf, ingestAll, MINUTE, openTestLedger } from "../support/ledger.ts";

const EXTRA = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };

async function ledgerOf(...uploads: UsageEvent[][]): Promise<Dump> {
	const ledger = await openTestLedger();
	for (const upload of uploads) await ingestAll(ledger, upload);
	return dumpLedger(ledger.db);
}

/** Whatever the order of two sightings, in one upload or in two, the whole ledger is as if only `expected` had come. */
async function expectOutcome(a: UsageEvent, b: UsageEvent, expected: UsageEvent): Promise<void> {
	const whole = await ledgerOf([expected]);
	expect(await ledgerOf([a, b])).toEqual(whole);
	expect(await ledgerOf([b, a])).toEqual(whole);
	expect(await ledgerOf([a], [b])).toEqual(whole);
	expect(await ledgerOf([b], [a])).toEqual(whole);
	expect(await ledgerOf([b], [a], [b, b], [a, b])).toEqual(whole);
}

/** The counters of one sighting at the place of another. */
function joined(counted: UsageEvent, placed: UsageEvent): UsageEvent {
	const { at, session, fork, progress, sidechain, project, branch, agent, version } = placed;
	const sidechainOnly = counted.sidechainOnly && placed.sidechainOnly;
	return {
		...counted,
		at,
		session,
		fork,
		progress,
		sidechain,
		project,
		branch,
		agent,
		version,
		sidechainOnly,
	};
}

describe("the counters of a response are, whatever the order, those of", () => {
	test.each<[string, Partial<UsageEvent>]>([
		[
			"the greater output, though it has fewer tokens and an earlier line",
			{ output: 21, input: 0, cacheWrite1h: 0, countedAt: AT - 1 },
		],
		[
			"the greater sum, if the outputs are equal, though it has an earlier line",
			{ cacheRead: 1, countedAt: AT - 1 },
		],
		["the later line, if the sums are equal", { input: 0, cacheRead: 10, countedAt: AT + 1 }],
	])("%s", async (_rule, part) => {
		const first = eventOf({
			version: "1",
			agent: "a",
			extra: [{ ...EXTRA, model: "cheap" }],
			reportedNanoUsd: 9,
		});
		const modifiers = { webSearches: 1, speed: "fast", geo: "us", tier: "batch", reportedNanoUsd: 5 };
		const better = eventOf({
			...modifiers,
			model: "dear",
			extra: [EXTRA],
			...part,
			at: AT + MINUTE,
			session: "s0",
			branch: "b",
		});
		await expectOutcome(first, better, joined(better, first));
	});

	test("one whole line: what it does not say is gone", async () => {
		const first = eventOf({ extra: [EXTRA], reportedNanoUsd: 9, speed: "fast", webSearches: 1 });
		const better = eventOf({ output: 21, at: AT + 1 });
		await expectOutcome(first, better, joined(better, first));
	});

	test("the same line in every order even where nothing but a modifier differs", async () => {
		for (const part of [{ speed: "fast" }, { webSearches: 1 }, { model: "dear" }, { extra: [EXTRA] }]) {
			const [plain, other] = [eventOf(), eventOf(part)];
			const settled = await ledgerOf([plain, other]);
			expect(await ledgerOf([other, plain])).toEqual(settled);
			expect(await ledgerOf([plain], [other])).toEqual(settled);
			expect(await ledgerOf([other], [plain])).toEqual(settled);
			expect([await ledgerOf([plain]), await ledgerOf([other])]).toContainEqual(settled);
		}
	});
});

describe("a response belongs, whatever the order, to", () => {
	const worst = { fork: true, progress: true, sidechain: true, session: "s9" };
	const place = { project: "/home/ada/other", branch: "dev", agent: "agent-1", version: "2.0.0" };

	test.each<[string, Partial<UsageEvent>, Partial<UsageEvent>]>([
		["the earlier line, whatever it is", { ...worst, at: AT - 1 }, {}],
		["the line that is no fork, of equal times", { ...worst, fork: false }, { ...worst, session: "s1" }],
		[
			"the line outside agent_progress, of equal forks",
			{ ...worst, progress: false },
			{ ...worst, session: "s1" },
		],
		[
			"the line that is no side chain, of equal progress",
			{ ...worst, sidechain: false },
			{ ...worst, session: "s1" },
		],
		["the line of the smaller session, of equal rank", { ...worst, session: "s1" }, worst],
	])("%s", async (_rule, part, other) => {
		// The counters are the other line's: the two are decided apart.
		const better = eventOf({ ...place, ...part, output: 1, countedAt: AT });
		const worse = eventOf({ ...other, output: 500, model: "dear", extra: [EXTRA], countedAt: AT });
		await expectOutcome(better, worse, joined(worse, better));
	});
});

describe("a response is a side chain's", () => {
	test("only while all its lines are, though the place is a side chain's", async () => {
		const side = eventOf({ sidechain: true });
		const main = eventOf({ at: AT + 1, session: "s2", output: 1 });
		await expectOutcome(side, main, { ...side, sidechainOnly: false });
		await expectOutcome(side, { ...side, session: "s2" }, side);
	});
});

describe("a response that moves takes everything with it", () => {
	test("out of its old hour, day, month, block, session, project, branch and model", async () => {
		const known = eventOf({ at: Date.UTC(2026, 3, 1, 0, 5), output: 50, extra: [EXTRA] });
		const earlier = eventOf({
			at: Date.UTC(2026, 2, 31, 18),
			output: 60,
			session: "s2",
			project: "/home/ada/other",
			branch: "dev",
			model: "dear",
		});
		const { machine_days: _, ...moved } = await ledgerOf([known], [earlier]);
		const { machine_days: __, ...alone } = await ledgerOf([earlier]);
		expect(moved).toEqual(alone);
	});

	test("and leaves what stays as it was", async () => {
		const others = [eventOf({ id: "other", at: AT - MINUTE }), eventOf({ id: "another", at: AT + MINUTE })];
		const moves = eventOf({ session: "s2" });
		const staying = await ledgerOf(others, [{ ...moves, at: AT - 2 * MINUTE }]);
		expect(await ledgerOf([...others, moves], [{ ...moves, at: AT - 2 * MINUTE }])).toEqual({
			...staying,
			events: staying.events.map((row) =>
				row.key === moves.key ? { ...row, counted_after: 2 * MINUTE } : row,
			),
		});
	});
});
