import type { Reader } from "../ledger/database.ts";
import { SLOT_MS, ZoneClock } from "../usage/day.ts";
import type { NameFilter } from "../usage/filter.ts";
import type { Asker } from "./source.ts";

/** `lastSeen`: when it, or one that counts under it, was seen last, epoch ms. */
export type KnownMachine = { uuid: string; label: string; alias?: string | null; lastSeen: number };

/** A name that lists leave out: hidden or archived, or counted under another name, which is `into`. */
export type AsideProject = { name: string; alias: string | null; into: string | null };
export type AsideMachine = KnownMachine & { into: string | null };

/** What a person's usage names, each kind in order of first use. */
export type KnownNames = {
	/** Those that are shown in lists. */
	projects: string[];
	models: string[];
	/** Those that are shown in lists. */
	machines: KnownMachine[];
	/** What people call shown projects in place of their names, by name. */
	aliases?: ReadonlyMap<string, string>;
	/** Those that are not shown. */
	aside?: { projects: AsideProject[]; machines: AsideMachine[] };
};

type ProjectRow = AsideProject & { isHidden: 0 | 1 };
type MachineRow = Required<AsideMachine> & { isArchived: 0 | 1 };

export async function listKnownNames(db: Reader, { id }: Asker): Promise<KnownNames> {
	const [projects, models, machines] = await Promise.all([
		db.all<ProjectRow>(
			`select own.name, own.alias, root.name as "into", own.hidden_at is not null as isHidden
			from projects as own
			left join projects as root on root.id = own.merged_into
			where own.user = ?
			order by own.id`,
			[id],
		),
		db.all<{ name: string }>("select name from models where user = ? order by id", [id]),
		db.all<MachineRow>(
			`select
				own.uuid, own.label, own.alias, own.last_seen as lastSeen, root.uuid as "into",
				own.archived_at is not null as isArchived
			from machines as own
			left join machines as root on root.id = own.merged_into
			where own.user = ?
			order by own.id`,
			[id],
		),
	]);
	const isProjectShown = ({ into, isHidden }: ProjectRow) => into === null && isHidden === 0;
	const isMachineShown = ({ into, isArchived }: MachineRow) => into === null && isArchived === 0;
	const seen = withLatest(machines);
	const shown = projects.filter(isProjectShown);
	return {
		projects: shown.map(({ name }) => name),
		models: models.map(({ name }) => name),
		machines: seen
			.filter(isMachineShown)
			.map(({ uuid, label, alias, lastSeen }) => ({ uuid, label, alias, lastSeen })),
		aliases: new Map(shown.flatMap(({ name, alias }) => (alias === null ? [] : [[name, alias] as const]))),
		aside: {
			projects: projects
				.filter((row) => !isProjectShown(row))
				.map(({ name, alias, into }) => ({ name, alias, into })),
			machines: seen
				.filter((row) => !isMachineShown(row))
				.map(({ uuid, label, alias, lastSeen, into }) => ({ uuid, label, alias, lastSeen, into })),
		},
	};
}

/** Whether a list of these names shows one: it is not left out, or it is just what was asked for. */
export function listedNames(
	{ aside }: KnownNames,
	asked: Record<"project" | "machine", NameFilter>,
): Record<"project" | "machine", (name: string) => boolean> {
	const projects = new Set(aside?.projects.map(({ name }) => name));
	const machines = new Set(aside?.machines.map(({ uuid }) => uuid));
	return {
		project: (name) => !projects.has(name) || asked.project.only.includes(name),
		machine: (name) => !machines.has(name) || asked.machine.only.includes(name),
	};
}

/** A machine was seen when one was that counts under it. */
function withLatest(machines: readonly MachineRow[]): MachineRow[] {
	const latest = new Map<string, number>();
	for (const { uuid, into, lastSeen } of machines) {
		const root = into ?? uuid;
		latest.set(root, Math.max(latest.get(root) ?? 0, lastSeen));
	}
	return machines.map((machine) => ({
		...machine,
		lastSeen: latest.get(machine.uuid) ?? machine.lastSeen,
	}));
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
