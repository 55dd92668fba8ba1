import { cleanEvent, type UsageEvent } from "../usage/event.ts";
import type { Reader } from "./database.ts";
import { findNames, type NameTable } from "./names.ts";

/** How many names of a kind one person may have: more than a life's work comes to, and not what a ledger could hold. */
export type NameQuotas = Readonly<Partial<Record<NameTable, number>> & { machines: number }>;

export const NAME_QUOTAS: NameQuotas = {
	machines: 1_000,
	models: 1_000,
	versions: 5_000,
	projects: 10_000,
	branches: 50_000,
	sessions: 200_000,
	agents: 500_000,
};

type Kind = Exclude<keyof NameQuotas, "machines" | "folders">;

/** What an event is named by; only what is kept for good has a quota. */
const NAMES: Readonly<Record<Kind, (event: UsageEvent) => readonly (string | undefined)[]>> = {
	sessions: ({ session }) => [session],
	projects: ({ project = "" }) => [project],
	branches: ({ branch = "" }) => [branch],
	agents: ({ agent }) => [agent],
	versions: ({ version }) => [version],
	models: ({ model, extra = [] }) => [model, ...extra.map((part) => part.model)],
};

const KINDS = Object.keys(NAMES) as Kind[];

/** Whether a person may have a machine: it is known, or there are not too many yet. */
export async function mayHaveMachine(
	db: Reader,
	user: number,
	uuid: string,
	{ machines: most }: NameQuotas,
): Promise<boolean> {
	if (await db.get("select id from machines where user = ? and uuid = ?", [user, uuid])) return true;
	return (await countNames(db, "machines", user)) < most;
}

/**
 * Finds the events that would bring a person more names than the quotas allow. An event with known names is never among
 * them, however many names there are.
 *
 * @returns their places
 */
export async function findBeyondQuotas(
	db: Reader,
	user: number,
	sent: readonly UsageEvent[],
	quotas: NameQuotas,
): Promise<Set<number>> {
	const events = sent.map(cleanEvent);
	const kinds: { namesOf: (event: UsageEvent) => readonly string[]; known: Set<string>; room: number }[] = [];
	for (const kind of KINDS) {
		const namesOf = (event: UsageEvent) => NAMES[kind](event).filter((name) => name !== undefined);
		const names = new Set(events.flatMap(namesOf));
		const known = await findNames(db, kind, user, names);
		const most = quotas[kind];
		if (known.size === names.size || most === undefined) continue;
		kinds.push({ namesOf, known: new Set(known.keys()), room: most - (await countNames(db, kind, user)) });
	}
	const beyond = new Set<number>();
	for (const [place, event] of events.entries()) {
		const fresh = kinds.map(
			({ namesOf, known }) => new Set(namesOf(event).filter((name) => !known.has(name))),
		);
		if (kinds.some(({ room }, i) => isMore(fresh[i]?.size ?? 0, room))) {
			beyond.add(place);
			continue;
		}
		// Only what is kept takes room.
		for (const [i, kind] of kinds.entries()) {
			for (const name of fresh[i] ?? []) kind.known.add(name);
			kind.room -= fresh[i]?.size ?? 0;
		}
	}
	return beyond;
}

/** Who has more than a quota allows already brings no more, and keeps what there is. */
function isMore(fresh: number, room: number): boolean {
	return fresh > 0 && fresh > room;
}

async function countNames(db: Reader, table: NameTable | "machines", user: number): Promise<number> {
	const counted = await db.get<{ names: number }>(`select count(*) as names from ${table} where user = ?`, [
		user,
	]);
	return counted?.names ?? 0;
}
