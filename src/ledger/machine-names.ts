import type { Database, Reader } from "./database.ts";
import { mergeInto, type NameChanged, saveAlias, saveHidden } from "./given-names.ts";
import { raiseRevision } from "./users.ts";

/**
 * A machine and what a person makes of its name. `label` is what it calls itself, `alias` what people call it.
 * `mergedInto`: the UUID of the machine that it counts under.
 */
export type NamedMachine = {
	id: number;
	uuid: string;
	label: string;
	alias: string | null;
	mergedInto: string | null;
	isArchived: boolean;
};

/** What is to be changed; null takes it back. `mergedInto`: a machine's UUID. */
export type MachineChange = {
	alias?: string | null | undefined;
	mergedInto?: string | null | undefined;
	isArchived?: boolean | undefined;
};

export async function findNamedMachine(
	db: Reader,
	user: number,
	uuid: string,
): Promise<NamedMachine | undefined> {
	const found = await db.get<Omit<NamedMachine, "isArchived"> & { isArchived: 0 | 1 }>(
		`select
			own.id, own.uuid, own.label, own.alias, root.uuid as mergedInto,
			own.archived_at is not null as isArchived
		from machines as own
		left join machines as root on root.id = own.merged_into
		where own.user = ? and own.uuid = ?`,
		[user, uuid],
	);
	return found && { ...found, isArchived: found.isArchived === 1 };
}

/**
 * Changes what a machine is called, what it counts under, and whether lists show it.
 *
 * @param now epoch ms
 */
export async function changeMachine(
	db: Database,
	user: number,
	uuid: string,
	change: MachineChange,
	now: number,
): Promise<NameChanged> {
	const { alias, mergedInto, isArchived } = change;
	return db.transaction(async (tx) => {
		const [machine, target] = await Promise.all([
			findNamedMachine(tx, user, uuid),
			mergedInto == null ? null : findNamedMachine(tx, user, mergedInto),
		]);
		if (!machine) return "unknown";
		if (target === undefined) return "unknown target";
		if (mergedInto !== undefined) {
			const isMerged = await mergeInto(tx, "machines", user, machine.id, target?.id ?? null);
			if (!isMerged) return "itself";
		}
		if (alias !== undefined) await saveAlias(tx, "machines", user, machine.id, alias);
		if (isArchived !== undefined) await saveHidden(tx, "machines", user, machine.id, isArchived ? now : null);
		await raiseRevision(tx, user);
		return "done";
	});
}
