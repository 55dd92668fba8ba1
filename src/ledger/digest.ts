import { DAY_MS, utcDay } from "../usage/day.ts";
import { type DayDigest, DayDigester, type DigestRow } from "../usage/digest.ts";
import type { ExtraPart } from "../usage/event.ts";
import type { Reader, Value } from "./database.ts";

// Both ends of a comparison read their ledgers here, so that they mean the same by a day.

/** From when on (epoch ms), and whose responses; those of all machines if none is named. `without`: numbers of projects. */
export type DigestScope = {
	from: number;
	machines?: readonly string[] | undefined;
	without?: readonly number[] | undefined;
};

/** A response, and its change number in this ledger. */
export type ChangedRow = DigestRow & { change: number };

/** So much is told at once, but for the rest of a day. */
const MOST_RESPONSES = 10_000;
const MOST_DAYS = 500;
/** So many responses are read at once: a day may have any number, and others wait. */
const PAGE = 5_000;

/**
 * UTC days with responses up to `until`, oldest first, without replays.
 *
 * @param until the last day
 * @returns `next` is the day to go on from, if there may be more
 */
export async function listDayDigests(
	db: Reader,
	user: number,
	scope: DigestScope,
	until: number,
): Promise<{ days: DayDigest[]; next: number | undefined }> {
	const days: DayDigest[] = [];
	let read = 0;
	for (let start = scope.from; ; ) {
		const first = await db.get<{ at: number | null }>(
			"select min(at) as at from events where user = ? and replay = 0 and at >= ?",
			[user, start],
		);
		const day = first?.at == null ? undefined : utcDay(first.at);
		if (day === undefined || day > until) return { days, next: undefined };
		if (read >= MOST_RESPONSES || days.length >= MOST_DAYS) return { days, next: day };
		const digester = new DayDigester();
		for await (const row of readDay(db, user, day, scope)) digester.add(row);
		if (digester.responses > 0) days.push(digester.finish(day));
		read += Math.max(1, digester.responses);
		start = (day + 1) * DAY_MS;
	}
}

/**
 * A UTC day's responses without replays, by time. What changes while they are read may come twice or not at all, and the
 * day has another digest then: who compares looks closer.
 */
export async function* readDay(
	db: Reader,
	user: number,
	day: number,
	{ from, machines, without = [] }: DigestScope,
): AsyncGenerator<ChangedRow> {
	const [where, names] = machines
		? [
				"and e.machine in (select id from machines where user = ? and uuid in (select value from json_each(?)))",
				[user, JSON.stringify(machines)],
			]
		: ["", []];
	const [butFor, projects] =
		without.length > 0
			? ["and e.project not in (select value from json_each(?))", [JSON.stringify(without)]]
			: ["", []];
	for (let last = { at: Math.max(from, day * DAY_MS), change: -1 }; ; ) {
		const rows = await select(
			db,
			`from events as e
			cross join models as m on m.id = e.model
			where e.user = ? and e.replay = 0 and e.at < ? and (e.at, e.change) > (?, ?) ${where} ${butFor}
			order by e.at, e.change
			limit ${PAGE}`,
			[user, (day + 1) * DAY_MS, last.at, last.change, ...names, ...projects],
		);
		yield* rows;
		const end = rows.at(-1);
		if (!end || rows.length < PAGE) return;
		last = end;
		await Bun.sleep(0);
	}
}

/** Responses with these keys as the ledger has them, replays included, by key. */
export async function findDigestRows(
	db: Reader,
	user: number,
	keys: readonly string[],
): Promise<ChangedRow[]> {
	return select(
		db,
		`from json_each(?) as wanted
		cross join events as e on e.user = ? and e.key = wanted.value
		cross join models as m on m.id = e.model
		order by e.key`,
		[JSON.stringify([...new Set(keys)]), user],
	);
}

/**
 * How many responses there are from one moment on and before another (epoch ms), without replays.
 *
 * @param without numbers of projects
 */
export async function countBetween(
	db: Reader,
	user: number,
	from: number,
	before: number,
	without: readonly number[] = [],
): Promise<number> {
	const found = await db.get<{ responses: number }>(
		`select count(*) as responses
		from events
		where user = ? and replay = 0 and at >= ? and at < ? and project not in (select value from json_each(?))`,
		[user, from, before, JSON.stringify(without)],
	);
	return found?.responses ?? 0;
}

/** UUIDs of a person's machines, the one that was seen last first. */
export async function listMachineUuids(db: Reader, user: number): Promise<string[]> {
	const rows = await db.all<{ uuid: string }>(
		"select uuid from machines where user = ? order by last_seen desc, id desc",
		[user],
	);
	return rows.map(({ uuid }) => uuid);
}

/** Extra parts keep the order in which they were told, and name their models: numbers of names differ between ledgers. */
async function select(db: Reader, from: string, parameters: readonly Value[]): Promise<ChangedRow[]> {
	const rows = await db.all<SelectedRow>(
		`select
			e.change, e.key, e.at, e.counted_after as countedAfter, e.replay, m.name as model,
			e.input, e.output,
			e.cache_write_5m as cacheWrite5m, e.cache_write_1h as cacheWrite1h, e.cache_read as cacheRead,
			e.web_searches as webSearches, e.speed, e.geo, e.tier, e.reported,
			(
				select json_group_array(json(part))
				from (
					select json_array(
						x.name, p.value ->> 1, p.value ->> 2, p.value ->> 3, p.value ->> 4, p.value ->> 5
					) as part
					from json_each(e.extra) as p
					cross join models as x on x.id = p.value ->> 0
					order by p.key
				)
			) as extra
		${from}`,
		parameters,
	);
	return rows.map(asRow);
}

type SelectedRow = {
	change: number;
	key: string;
	at: number;
	countedAfter: number;
	replay: number;
	model: string;
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
	webSearches: number;
	speed: string | null;
	geo: string | null;
	tier: string | null;
	reported: number | null;
	extra: string;
};

type Tuple = [string, number, number, number, number, number];

function asRow({ countedAfter, reported, extra, ...row }: SelectedRow): ChangedRow {
	const parts = (JSON.parse(extra) as Tuple[]).map(
		([model, input, output, cacheWrite5m, cacheWrite1h, cacheRead]): ExtraPart => ({
			model,
			input,
			output,
			cacheWrite5m,
			cacheWrite1h,
			cacheRead,
		}),
	);
	return {
		...row,
		replay: row.replay === 1,
		countedAt: row.at + countedAfter,
		speed: row.speed ?? undefined,
		geo: row.geo ?? undefined,
		tier: row.tier ?? undefined,
		reportedNanoUsd: reported ?? undefined,
		extra: parts.length > 0 ? parts : undefined,
	};
}
