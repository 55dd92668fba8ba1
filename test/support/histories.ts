import fc from "fast-check";
import type { Machine } from "../../src/account/machine.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { DESKTOP, eventOf, HOUR, LAPTOP, MINUTE, machineNamed, type Seen } from "./ledger.ts";

/** One line as a machine reports it, and how it travels: its place in the order, its upload, whether it comes twice. */
export type Sighting = { machine: Machine; line: Seen; place: number; upload: number; twice: boolean };

export type Upload = { machine: Machine; lines: Seen[] };

/** The evening before the clocks are put forward in New York, at 02:00 local time. */
const START = Date.UTC(2026, 2, 7, 19);

const MACHINES = [LAPTOP, DESKTOP, machineNamed("server", 3)];
const SESSIONS = ["s1", "s2", "s3"];
const BRANCHES = ["main", undefined, "dev"];

/** Hours at which blocks, days and slots begin and end, some of them just five hours apart. */
const hours = fc.constantFrom(0, 1, 4, 5, 6, 9, 10, 11, 15, 20, 29, 30, 53);
const few = fc.nat(2);
const model = fc.constantFrom("cheap", "dear", "unheard-of");
const counters = { input: few, output: few, cacheWrite5m: few, cacheWrite1h: few, cacheRead: few };
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });

const counted = fc.record({
	...counters,
	model,
	webSearches: fc.nat(1),
	speed: rarely(fc.constant("fast")),
	geo: rarely(fc.constant("us")),
	tier: rarely(fc.constant("batch")),
	reportedNanoUsd: rarely(few),
	extra: fc.option(fc.array(fc.record({ ...counters, model }), { maxLength: 2 }), { nil: undefined }),
});

const travel = { place: fc.nat(1000), upload: fc.nat(3), twice: fc.boolean() };

const seen = fc.record({
	...travel,
	counted,
	id: fc.constantFrom("a", "b", "c", "d"),
	request: fc.constantFrom("r1", "r2"),
	session: fc.nat(SESSIONS.length - 1),
	hours,
	// Multiples of 3: a machine adds its own number, so that no two of them tell of the same rank.
	jitter: fc.constantFrom(-3, 0, 3, 20 * MINUTE, 59 * MINUTE),
	later: fc.constantFrom(0, 1, MINUTE),
	fork: fc.boolean(),
	progress: fc.boolean(),
	sidechain: fc.boolean(),
});

type Drawn = typeof seen extends fc.Arbitrary<infer Value> ? Value : never;

function eventFrom(drawn: Drawn, machine: number): UsageEvent {
	const at = START + drawn.hours * HOUR + drawn.jitter + machine;
	return eventOf({
		...drawn.counted,
		id: drawn.id,
		request: drawn.request,
		at,
		countedAt: at + drawn.later,
		session: SESSIONS[drawn.session] ?? "",
		fork: drawn.fork,
		progress: drawn.progress,
		sidechain: drawn.sidechain,
	});
}

/**
 * Uploads of three machines, two of which have the same projects. A machine has one project and one branch for a
 * session, as those that learnt them do.
 */
export const sightingsOfMachines: fc.Arbitrary<Sighting[]> = fc.array(
	fc.tuple(seen, fc.nat(MACHINES.length - 1)).map(([drawn, number]): Sighting => {
		const project = `/home/ada/${(drawn.session + Math.min(number, 1)) % 3}`;
		const branch = BRANCHES[drawn.session];
		const event = { ...eventFrom(drawn, number), project, branch };
		return { ...drawn, machine: MACHINES[number] ?? LAPTOP, line: { event } };
	}),
	{ minLength: 1, maxLength: 16 },
);

const place = fc.record({
	folder: fc.constantFrom("-a", "-b-c", ""),
	cwd: fc.constantFrom(undefined, "/a", "/b/c", "/b-c", "/tmp"),
	isMain: fc.boolean(),
	branch: fc.constantFrom(undefined, "main", "dev"),
	agent: fc.constantFrom(undefined, "agent-1"),
	version: fc.constantFrom(undefined, "2.0.0", "2.1.0"),
});

/** Lines of one machine's transcripts, in folders that they name directories in. */
export const sightingsInFolders: fc.Arbitrary<Sighting[]> = fc.array(
	fc.tuple(seen, place).map(([drawn, { cwd, isMain, ...where }]): Sighting => {
		const event = { ...eventFrom(drawn, 0), ...where };
		return { ...drawn, machine: LAPTOP, line: { event, cwd, isMain } };
	}),
	{ minLength: 1, maxLength: 16 },
);

/** Everything that a machine saw, as one upload each. */
export function inOneUpload(sightings: readonly Sighting[]): Upload[] {
	const byMachine = Map.groupBy(sightings, (one) => one.machine);
	return [...byMachine].map(([machine, own]) => ({ machine, lines: own.map((one) => one.line) }));
}

/** The same in the order and the uploads that were drawn, some lines twice. */
export function inUploads(sightings: readonly Sighting[]): Upload[] {
	const travelling = sightings.flatMap((one) =>
		one.twice ? [one, { ...one, place: 1000 - one.place }] : [one],
	);
	const uploads: (Upload & { number: number })[] = [];
	for (const { machine, line, upload } of travelling.toSorted((a, b) => a.place - b.place)) {
		const last = uploads.at(-1);
		if (last?.machine === machine && last.number === upload) last.lines.push(line);
		else uploads.push({ machine, lines: [line], number: upload });
	}
	return uploads;
}
