import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { UsageEvent } from "../../src/usage/event.ts";
import { mergeEvents } from "../../src/usage/response.ts";

const LINE: UsageEvent = {
	key: "6iN5BXNGYJvBPzwu",
	message: 65_400_188_863_913,
	model: "claude-opus-4-5",
	input: 10,
	output: 20,
	cacheWrite5m: 30,
	cacheWrite1h: 40,
	cacheRead: 50,
	webSearches: 0,
	countedAt: 1000,
	at: 1000,
	session: "s1",
	fork: false,
	progress: false,
	sidechain: false,
	sidechainOnly: false,
	project: "/home/ada/app",
	folder: "-home-ada-app",
	branch: "main",
};

function lineWith(part: Partial<UsageEvent>): UsageEvent {
	return { ...LINE, ...part };
}

describe("merging, whatever the order and however often", () => {
	const few = fc.nat(1);
	const extra = fc.record({
		model: fc.constantFrom("m", "n"),
		input: few,
		output: few,
		cacheWrite5m: few,
		cacheWrite1h: few,
		cacheRead: few,
	});
	const maybe = (...values: string[]) => fc.constantFrom(undefined, ...values);
	const fields = {
		model: fc.constantFrom("m", "n"),
		input: few,
		output: few,
		cacheWrite5m: few,
		cacheWrite1h: few,
		cacheRead: few,
		webSearches: few,
		speed: maybe("fast"),
		geo: maybe("us"),
		tier: maybe("batch"),
		reportedNanoUsd: fc.constantFrom(undefined, 1),
		extra: fc.option(fc.array(extra, { maxLength: 2 }), { nil: undefined }),
		countedAt: few,
		at: few,
		session: fc.constantFrom("s1", "s2"),
		fork: fc.boolean(),
		progress: fc.boolean(),
		sidechain: fc.boolean(),
		folder: fc.constantFrom("-a", "-b"),
		branch: maybe("main", "dev"),
		agent: maybe("x"),
		version: maybe("2.1.0", "2.1.1"),
		sidechainOnly: fc.boolean(),
	};
	const names = Object.keys(fields);
	/** Sightings of one response by one machine. They differ in few fields and few values, so that ties are many. */
	const sighting = fc
		.tuple(fc.record(fields), fc.subarray(names, { maxLength: 4 }))
		.map(([event, differing]): UsageEvent => {
			const part = Object.fromEntries(Object.entries(event).filter(([name]) => differing.includes(name)));
			const sighted = { ...LINE, ...part };
			// A machine has one project for a session in a folder.
			return { ...sighted, project: `${sighted.session} in ${sighted.folder}` };
		});
	const runs = { numRuns: 1000 };

	test("gives the same in either order", () => {
		fc.assert(
			fc.property(sighting, sighting, (a, b) => {
				expect(mergeEvents(a, b)).toEqual(mergeEvents(b, a));
			}),
			runs,
		);
	});

	test("gives the same in either grouping", () => {
		fc.assert(
			fc.property(sighting, sighting, sighting, (a, b, c) => {
				expect(mergeEvents(mergeEvents(a, b), c)).toEqual(mergeEvents(a, mergeEvents(b, c)));
			}),
			runs,
		);
	});

	test("adds nothing the second time", () => {
		fc.assert(
			fc.property(sighting, sighting, (a, b) => {
				const merged = mergeEvents(a, b);
				expect(mergeEvents(merged, a)).toBe(merged);
				expect(mergeEvents(merged, b)).toBe(merged);
				expect(mergeEvents(a, structuredClone(a))).toBe(a);
			}),
			runs,
		);
	});
});

describe("the counters", () => {
	test.each<[string, Partial<UsageEvent>]>([
		["of the larger output, though the rest is less", { output: 21, input: 0, cacheRead: 0, countedAt: 1 }],
		["of the larger sum, if the outputs are equal", { cacheRead: 51, countedAt: 1 }],
		["of the later line, if the sums are equal", { input: 60, cacheRead: 0, countedAt: 1001 }],
	])("are those %s", (_rule, part) => {
		const better = lineWith({ model: "a", webSearches: 1, speed: "fast", geo: "us", tier: "batch", ...part });
		expect(mergeEvents(LINE, better)).toEqual(better);
		expect(mergeEvents(better, LINE)).toBe(better);
	});

	test("come whole from one line, extra parts and reported cost too", () => {
		const extra = [{ model: "m", input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 }];
		const first = lineWith({ extra, reportedNanoUsd: 5, speed: "fast" });
		const last = lineWith({ output: 21 });
		expect(mergeEvents(first, last)).toEqual(last);
		expect(mergeEvents(last, first)).toBe(last);
	});

	test("do not move a response to the time of their line", () => {
		const last = lineWith({ output: 500, at: 9000, countedAt: 9000, session: "s2", branch: "dev" });
		expect(mergeEvents(LINE, last)).toEqual(lineWith({ output: 500, countedAt: 9000 }));
		expect(mergeEvents(last, LINE)).toEqual(lineWith({ output: 500, countedAt: 9000 }));
	});
});

describe("the attribution", () => {
	const worst = { fork: true, progress: true, sidechain: true, session: "s9" };
	const place = {
		project: "/home/ada/other",
		folder: "-home-ada-other",
		branch: "dev",
		agent: "a",
		version: "2",
	};

	test.each<[string, Partial<UsageEvent>, Partial<UsageEvent>]>([
		["the earlier line, whatever it is", { at: 999, ...worst }, {}],
		["the line that is no fork, of equal times", { ...worst, fork: false }, { ...worst, session: "s1" }],
		["the line outside agent_progress", { ...worst, progress: false }, { ...worst, session: "s1" }],
		["the line that is no side chain", { ...worst, sidechain: false }, { ...worst, session: "s1" }],
		["the line of the smaller session", { ...worst, session: "s1" }, { ...worst }],
	])("is that of %s", (_rule, better, other) => {
		const wins = lineWith({ ...place, ...better });
		const loses = lineWith(other);
		expect(mergeEvents(loses, wins)).toEqual(wins);
		expect(mergeEvents(wins, loses)).toBe(wins);
	});

	test("is not changed by an equal line of another machine", () => {
		const known = lineWith({ folder: undefined, machine: "m1" });
		const seen = lineWith({ ...place, folder: undefined, machine: "m2" });
		expect(mergeEvents(known, seen)).toBe(known);
	});

	test("goes to an earlier line of another machine with its machine", () => {
		const known = lineWith({ folder: undefined, machine: "m1" });
		const seen = lineWith({ ...place, at: 999, folder: undefined, machine: "m2" });
		expect(mergeEvents(known, seen)).toEqual(seen);
	});

	test.each<[string, Partial<UsageEvent>]>([
		["project", { project: "/home/ada/renamed" }],
		["branch", { branch: "dev" }],
		["missing branch", { branch: undefined }],
	])("takes a corrected %s from the same machine's upload", (_name, correction) => {
		const known = lineWith({ folder: undefined, machine: "m1" });
		const seen = { ...known, ...correction };
		expect(mergeEvents(known, seen)).toEqual(seen);
		expect(mergeEvents(seen, known)).toEqual(known);
	});

	test("is settled among equal lines of one machine by their folder and branch", () => {
		const other = lineWith({ branch: "dev" });
		expect(mergeEvents(LINE, other)).toEqual(other);
		expect(mergeEvents(other, LINE)).toBe(other);
	});
});

describe("a side chain", () => {
	test("is one only while all its lines are", () => {
		const side = lineWith({ sidechain: true, sidechainOnly: true });
		expect(mergeEvents(side, side).sidechainOnly).toBe(true);
		expect(mergeEvents(side, LINE).sidechainOnly).toBe(false);
		expect(mergeEvents(LINE, side)).toBe(LINE);
	});

	test("ends with a later main line that wins nothing else", () => {
		const side = lineWith({ sidechain: true, sidechainOnly: true });
		const later = lineWith({ at: 2000, output: 1 });
		expect(mergeEvents(side, later)).toEqual({ ...side, sidechainOnly: false });
	});
});

test("known itself comes back when nothing is added", () => {
	expect(mergeEvents(LINE, structuredClone(LINE))).toBe(LINE);
	expect(mergeEvents(LINE, lineWith({ output: 19, at: 2000, session: "s2", branch: "dev" }))).toBe(LINE);
});
