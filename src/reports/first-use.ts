import type { Reader } from "../ledger/database.ts";
import { SLOT_MS, ZoneClock } from "../usage/day.ts";
import type { Asker } from "./source.ts";

/** What a person's usage names, each kind in order of first use. */
export type KnownNames = {
	projects: string[];
	models: string[];
	machines: { uuid: string; label: string; lastSeen: number }[];
};

export async function listKnownNames(db: Reader, { id }: Asker): Promise<KnownNames> {
	const names = async (table: "projects" | "models") => {
		const rows = await db.all<{ name: string }>(`select name from ${table} where user = ? order by id`, [id]);
		return rows.map(({ name }) => name);
	};
	const [projects, models, machines] = await Promise.all([
		names("projects"),
		names("models"),
		db.all<KnownNames["machines"][number]>(
			"select uuid, label, last_seen as lastSeen from machines where user = ? order by id",
			[id],
		),
	]);
	return { projects, models, machines };
}

/** The local day of the first usage, undefined where there is none. */
export async function findFirstDay(
	db: Reader,
	{ id }: Asker,
	{ zone }: { zone: string },
): Promise<number | undefined> {
	const first = await db.get<{ slot: number | null }>(
		"select min(slot) as slot from usage_slots where user = ?",
		[id],
	);
	return first?.slot == null ? undefined : new ZoneClock(zone).dayAt(first.slot * SLOT_MS);
}
