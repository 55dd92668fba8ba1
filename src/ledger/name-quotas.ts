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
	const beyond = await db.get(
		`select 1 as beyond
		where not exists (select 1 from machines where user = ? and uuid = ?)
			and (select count(*) from machines where user = ?) >= ?`,
		[user, uuid, user, most],
	);
	return beyond === undefined;
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
	const looked = await Promise.all(KINDS.map((kind) => lookAtNames(db, user, kind, events, quotas[kind])));
	const kinds = looked.filter((kind) => kind !== undefined);
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

type KnownNames = { namesOf: (event: UsageEvent) => readonly string[]; known: Set<string>; room: number };

/** @returns undefined where a kind's names are all known, or without a quota */
async function lookAtNames(
	db: Reader,
	user: number,
	kind: Kind,
	events: readonly UsageEvent[],
	most: number | undefined,
): Promise<KnownNames | undefined> {
	const namesOf = (event: UsageEvent) => NAMES[kind](event).filter((name) => name !== undefined);
	const names = new Set(events.flatMap(namesOf));
	if (names.size === 0 || most === undefined) return undefined;
	const [known, count] = await Promise.all([
		findNames(db, kind, user, names),
		countIfNew(db, kind, user, names),
	]);
	return count === undefined ? undefined : { namesOf, known: new Set(known.keys()), room: most - count };
}

/** Who has more than a quota allows already brings no more, and keeps what there is. */
function isMore(fresh: number, room: number): boolean {
	return fresh > 0 && fresh > room;
}

/** How many names a person has; undefined where all of these are known, for then nothing need be counted. */
async function countIfNew(
	db: Reader,
	table: Kind,
	user: number,
	names: ReadonlySet<string>,
): Promise<number | undefined> {
	const counted = await db.get<{ names: number }>(
		`select (select count(*) from ${table} where user = ?) as names
		where exists (
			select 1
			from json_each(?) as wanted
			where not exists (select 1 from ${table} as n where n.user = ? and n.name = wanted.value)
		)`,
		[user, JSON.stringify([...names]), user],
	);
	return counted?.names;
}
