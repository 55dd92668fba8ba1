import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseLine } from "../../src/transcripts/parse.ts";
import { UsageReader } from "../../src/transcripts/usage-reader.ts";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { readFast } from "../support/both-readers.ts";
import { hostileLine, usageLines, withOwnIds } from "../support/hostile-lines.ts";
import { collectAll, dumpLedger, openTestLedger, type Row, type Seen } from "../support/ledger.ts";
import { countNaively } from "../support/naive-count.ts";
import { linesOf, type NaiveSighting, readNaively } from "../support/naive-lines.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { collectFrom, emptyLedger, inFolder, PRICES } from "../support/scan.ts";
import { asLine, FILE } from "../support/transcript.ts";

const LINES = usageLines();
const NEWLINE = Buffer.from("\n");

type Sighting = ReturnType<typeof parseLine>[number];
type Told = Omit<NaiveSighting, "key" | "message" | "folder" | "main">;

function told(sighting: Sighting): Told | string {
	if ("skip" in sighting) return sighting.skip;
	const { event, cwd } = sighting;
	const { input, output, cacheWrite5m, cacheWrite1h, cacheRead, webSearches, model } = event;
	const { at, session, fork, progress, sidechain, extra = [] } = event;
	const counted = { input, output, cacheWrite5m, cacheWrite1h, cacheRead, webSearches, model, extra };
	const seen = { ...counted, at, session, fork, progress, sidechain, cwd: cwd ?? "" };
	// "-0" is a number of tokens too, and the sign is nothing that anybody sees.
	return JSON.parse(JSON.stringify(seen));
}

function toldNaively({ key, message, folder, main, ...rest }: NaiveSighting): Told {
	return rest;
}

function anyLine(random: Random, number: number): Buffer {
	return hostileLine(withOwnIds(random.pick(LINES), number), random);
}

/** Fails where two identities that differ here are one there: keys look otherwise, but tell the same lines apart. */
class SameKeys {
	readonly #known = new Map<string, string>();

	check(naive: string, key: string): void {
		for (const [from, to] of [
			[`naive ${naive}`, key],
			[`key ${key}`, naive],
		] as const) {
			expect(this.#known.get(from) ?? to).toBe(to);
			this.#known.set(from, to);
		}
	}
}

test(
	"a line with anything odd in it tells just what its JSON says, or why it cannot be counted",
	() => {
		const keys = new SameKeys();
		const reader = new UsageReader();
		return forSeeds(runs(1_000, 10_000).numRuns, async (seed) => {
			const random = new Random(seed);
			const bytes = anyLine(random, seed);
			if (bytes.includes(NEWLINE) || !bytes.includes('"usage"')) return;
			const before = random.pick(["", "\n"]);
			const terminated = random.next() < 0.9;
			const file = Buffer.concat([Buffer.from(before), bytes, terminated ? NEWLINE : Buffer.alloc(0)]);
			const { sightings, skipped } = readNaively(file, FILE.relative);
			const line = asLine(bytes, { offset: before.length, terminated });
			const found = parseLine(line, FILE);
			expect(readFast(new UsageReader(), line, FILE)).toEqual(found);
			// Nor does it matter what was read before.
			expect(readFast(reader, line, FILE)).toEqual(found);
			const events = found.flatMap((sighting) => ("event" in sighting ? [sighting.event] : []));
			expect(found.map(told).filter((one) => typeof one === "object")).toEqual(sightings.map(toldNaively));
			events.forEach(({ key }, n) => void keys.check(sightings[n]?.key ?? "", key));
			const reasons = Object.entries(skipped).flatMap(([reason, count]) => Array<string>(count).fill(reason));
			expect(found.flatMap((one) => ("skip" in one ? [one.skip as string] : [])).sort()).toEqual(
				reasons.sort(),
			);
		});
	},
	PATIENCE,
);

/** A file's bytes: sound answers, and four times as many lines with anything in them; the last one is not ended. */
function anyFile(random: Random): Buffer {
	const lines = Array.from({ length: 50 }, (_, n) =>
		n % 5 === 0 ? Buffer.from(answer(n)) : anyLine(random, n),
	);
	return Buffer.concat(lines.flatMap((line) => [line, NEWLINE]).slice(0, -1));
}

/** The responses of a file, each line of it read by the line parser. */
async function eventsByParser(bytes: Buffer): Promise<Row[]> {
	const file = { ...FILE, relative: MAIN };
	const seen: Seen[] = [];
	for (const { line, offset, terminated } of linesOf(bytes)) {
		if (!line.includes('"usage"')) continue;
		for (const sighting of parseLine(asLine(line, { offset, terminated }), file)) {
			if ("event" in sighting) seen.push(sighting);
		}
	}
	const ledger = await openTestLedger();
	await collectAll(ledger, seen, { prices: PRICES });
	return (await dumpLedger(ledger.db)).events;
}

test(
	"files of such lines are counted to the last sound one, and what could not be counted is told by reason",
	() =>
		forSeeds(runs(25, 250).numRuns, async (seed) => {
			const bytes = anyFile(new Random(seed));
			await inFolder(async (claude) => {
				const path = join(claude, "projects", MAIN);
				mkdirSync(dirname(path), { recursive: true });
				writeFileSync(path, bytes);
				const db = await emptyLedger();
				const { scan } = await collectFrom(db, claude);
				const naive = countNaively(join(claude, "projects"));
				expect(naive.total.responses).toBeGreaterThanOrEqual(10);
				expect(await countByReports(db, scan.sightings)).toEqual(naive);
				expect(scan.skipped).toEqual(readNaively(bytes, MAIN).skipped);
				expect((await dumpLedger(db)).events).toEqual(await eventsByParser(bytes));
			});
		}),
	PATIENCE,
);

test("lines that nest without end are told and passed over, or counted if they end", async () => {
	const open = "[".repeat(100_000);
	const closed = open + "]".repeat(100_000);
	const nested = (inside: string) =>
		answer(2, { message: { content: [{ type: "tool_use", input: "DEEP" }] } }).replace('"DEEP"', inside);
	const lines = [answer(1), nested(open), '{"usage":'.repeat(100_000), nested(closed), answer(3)];
	await withTranscripts({ [MAIN]: lines }, async ({ collect }) => {
		expect(await collect()).toMatchObject({
			skipped: { bad_json: 2 },
			total: { responses: 3, input: 36, output: 60 },
		});
	});
});
