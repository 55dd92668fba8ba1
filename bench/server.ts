import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "../src/ledger/open.ts";
import { builtInPrices, createPriceBook } from "../src/usage/price.ts";
import { type BenchSetting, tellStep } from "./bench.ts";
import type { Section } from "./results.ts";
import { benchIngest } from "./server/ingest.ts";
import { type MadePerson, makeTeam, TEAM_NOW, type TeamSize } from "./server/made-team.ts";
import { benchPages } from "./server/pages.ts";
import { benchPageQueries, benchQueries } from "./server/queries.ts";
import { benchStart } from "./server/start.ts";
import { formatCount, table } from "./table.ts";
import { verdictTable } from "./verdict.ts";

/** A ledger of a team that was made up. `typical`: a person whose usage is alike in both teams. */
export type Team = { path: string; people: readonly MadePerson[]; events: number; fillMs: number };

/** Two teams in which people of the middle have about as much usage each: one is a hundred times the other. */
const LARGE: TeamSize = { people: 200, events: 5_000_000 };
const SMALL: TeamSize = { people: 2, events: 50_000 };
const MOST_BYTES_AN_EVENT = 190;

/**
 * A server's ledger of five million responses of 200 people: how fast usage comes in, how fast pages are asked and
 * made, how long it takes to start, and how large it all is.
 */
export async function benchServer(setting: BenchSetting): Promise<Section> {
	const { folder } = setting;
	const small = await teamAt(setting, "small", SMALL);
	const large = await teamAt(setting, "large", LARGE);
	const bytesAnEvent = statSync(large.path).size / large.events;
	tellStep("Asking what pages ask …");
	const queries = await benchQueries(small, large);
	const each = await benchPageQueries(large);
	tellStep("Taking uploads in …");
	const ingest = await benchIngest(large, folder);
	tellStep("Making pages …");
	const pages = await benchPages(setting, large);
	tellStep("Starting …");
	const start = await benchStart(setting, large);
	const size = {
		what: "size on disk, everything, per response",
		own: `${bytesAnEvent.toFixed(0)} B`,
		peer: "",
		ratio: "",
		target: `at most ${MOST_BYTES_AN_EVENT} B`,
		isMet: bytesAnEvent <= MOST_BYTES_AN_EVENT,
	};
	return {
		name: "`promptpulse serve`",
		text: [
			[
				`Made usage of a year: ${formatCount(large.events)} responses of ${large.people.length} people with three machines each,`,
				`the busiest of whom has ${formatCount(large.people[0]?.events ?? 0)}; beside it ${formatCount(small.events)} responses of ${small.people.length}.`,
				`Everything went in by the ledger's own ingest: ${formatCount(Math.round(large.events / (large.fillMs / 1_000)))} responses a second, in large pieces.`,
			].join("\n"),
			verdictTable([ingest.verdict, size, ...queries.verdicts, ...pages.verdicts, ...start.verdicts]),
			table(queries.head, queries.rows),
			table(each.head, each.rows),
			table(pages.head, pages.rows),
		].join("\n\n"),
	};
}

async function teamAt({ options, folder }: BenchSetting, name: string, size: TeamSize): Promise<Team> {
	const kept = options.keep ?? folder;
	mkdirSync(kept, { recursive: true });
	const path = join(kept, `team-${name}.db`);
	const notes = `${path}.json`;
	if (existsSync(notes) && existsSync(path)) return { path, ...(await Bun.file(notes).json()) };
	tellStep(`Making a team with ${formatCount(size.events)} responses …`);
	const db = await openLedger(path, TEAM_NOW);
	const started = performance.now();
	const people = await makeTeam(db, createPriceBook(...builtInPrices()), size, () => {});
	const fillMs = performance.now() - started;
	await db.close();
	const events = people.reduce((sum, person) => sum + person.events, 0);
	await Bun.write(notes, JSON.stringify({ people, events, fillMs }));
	return { path, people, events, fillMs };
}

/** The person whose usage is nearest to so many responses. */
export function personWith({ people }: Team, events: number): MadePerson {
	const [nearest] = people.toSorted((a, b) => Math.abs(a.events - events) - Math.abs(b.events - events));
	if (!nearest) throw new Error("the team has nobody");
	return nearest;
}
