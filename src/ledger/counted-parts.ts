import type { CountedPart } from "../usage/sent-total.ts";
import type { Exact } from "../usage/usage.ts";
import type { Reader } from "./database.ts";
import { readExtra } from "./extra-parts.ts";
import { type HeldBack, mayGo } from "./unsent.ts";

/** So many responses are read at once: others wait. */
const PAGE = 5_000;

type Row = {
	change: number;
	at: number;
	session: number;
	project: number;
	machine: number;
	model: number;
	input: number;
	output: number;
	cacheWrite: number;
	cacheRead: number;
	cost: Exact | null;
	extra: string | null;
};

/**
 * What each response that may go used, model by model, in order of time, without replays.
 *
 * @param machines what machines are called, by their numbers, and their UUIDs
 */
export async function* listCountedParts(
	db: Reader,
	user: number,
	heldBack: HeldBack,
	machines: ReadonlyMap<number, { uuid: string; label: string }>,
): AsyncGenerator<CountedPart> {
	const [sessions, projects, models] = await Promise.all([
		namesOf(db, "sessions", user),
		namesOf(db, "projects", user),
		namesOf(db, "models", user),
	]);
	const going = mayGo(heldBack);
	for (let last = { at: -1, change: -1 }; ; ) {
		const rows = await db.all<Row>(
			`select
				e.change, e.at, e.session, e.project, e.machine, e.model, e.input, e.output,
				e.cache_write_5m + e.cache_write_1h as cacheWrite, e.cache_read as cacheRead, e.cost, e.extra
			from events as e indexed by events_at
			where e.user = ? and e.replay = 0 and (e.at, e.change) > (?, ?) and ${going.sql}
			order by e.at, e.change
			limit ${PAGE}`,
			[user, last.at, last.change, ...going.parameters],
		);
		for (const row of rows) {
			const { uuid = "", label = "" } = machines.get(row.machine) ?? {};
			const place = {
				at: row.at,
				label,
				machine: uuid,
				session: sessions.get(row.session) ?? "",
				project: projects.get(row.project) ?? "",
			};
			yield {
				...place,
				model: models.get(row.model) ?? "",
				input: row.input,
				output: row.output,
				cacheWrite: row.cacheWrite,
				cacheRead: row.cacheRead,
				cost: Number(row.cost ?? 0),
				responses: 1,
			};
			for (const part of readExtra(row.extra)) {
				yield {
					...place,
					model: models.get(part.model) ?? "",
					input: part.input,
					output: part.output,
					cacheWrite: part.cacheWrite5m + part.cacheWrite1h,
					cacheRead: part.cacheRead,
					cost: part.cost ?? 0,
					responses: 0,
				};
			}
		}
		const end = rows.at(-1);
		if (!end || rows.length < PAGE) return;
		last = end;
		await Bun.sleep(0);
	}
}

async function namesOf(
	db: Reader,
	table: "sessions" | "projects" | "models",
	user: number,
): Promise<Map<number, string>> {
	const rows = await db.all<{ id: number; name: string }>(
		`select id, name from ${table} where user = ? order by id`,
		[user],
	);
	return new Map(rows.map(({ id, name }) => [id, name]));
}
