import type { TotalKind } from "../usage/granularity.ts";
import type { Reader, Transaction, Value } from "./database.ts";
import { deleteRows, insertRows } from "./row-batches.ts";

/** What totals are noted as: those that are made here, and those that were imported. */
export type SentKind = TotalKind | `imported ${TotalKind}`;

/** A total that was sent, and a digest of what was told of it. `isRefused`: it was not kept there. */
export type SentRow = { label: string; name: string; digest: string; isRefused: boolean };

/** How far an account has totals: up to which change number, and a digest of all that they were made from. */
export type TotalsDone = { to: number; state: string | undefined };

export async function listSentTotals(db: Reader, target: number, kind: SentKind): Promise<SentRow[]> {
	const rows = await db.all<Omit<SentRow, "isRefused"> & { refused: number }>(
		"select label, name, digest, refused from sent_totals where target = ? and kind = ? order by label, name",
		[target, kind],
	);
	return rows.map(({ refused, ...row }) => ({ ...row, isRefused: refused === 1 }));
}

/** How many totals that are made here an account has of each kind, without refused ones. */
export async function countSentTotals(
	db: Reader,
	target: number,
): Promise<{ kind: TotalKind; totals: number }[]> {
	return db.all(
		`select kind, count(*) as totals
		from sent_totals
		where target = ? and refused = 0 and kind in ('daily', 'session', 'blocks')
		group by kind
		order by kind`,
		[target],
	);
}

export async function saveSentTotals(
	tx: Transaction,
	target: number,
	kind: SentKind,
	rows: readonly SentRow[],
): Promise<void> {
	const values = rows.map(({ label, name, digest, isRefused }): Value[] => [
		target,
		kind,
		label,
		name,
		digest,
		Number(isRefused),
	]);
	const columns = ["target", "kind", "label", "name", "digest", "refused"];
	const conflict = `on conflict (target, kind, label, name) do update set
		digest = excluded.digest, refused = excluded.refused`;
	await tx.batch([insertRows("sent_totals", columns, values, conflict)]);
}

/** Machines under the names that they had when totals were first sent, by their numbers. */
export async function listSentLabels(db: Reader, target: number): Promise<Map<number, string>> {
	const rows = await db.all<{ machine: number; label: string }>(
		"select machine, label from sent_labels where target = ? order by machine",
		[target],
	);
	return new Map(rows.map(({ machine, label }) => [machine, label]));
}

/** Notes what machines are called, and by which zone days are, where nothing is noted. */
export async function saveSentNames(
	tx: Transaction,
	target: number,
	labels: ReadonlyMap<number, string>,
	zone: string,
): Promise<void> {
	const rows = [...labels].map(([machine, label]): Value[] => [target, machine, label]);
	const columns = ["target", "machine", "label"];
	await tx.batch([
		insertRows("sent_labels", columns, rows, "on conflict do nothing"),
		{
			sql: "update push_targets set totals_zone = ? where id = ? and totals_zone is null",
			rows: [[zone, target]],
		},
	]);
}

/** The zone by whose days totals were first sent to an account. */
export async function findSentZone(db: Reader, target: number): Promise<string | undefined> {
	const found = await db.get<{ zone: string | null }>(
		"select totals_zone as zone from push_targets where id = ?",
		[target],
	);
	return found?.zone ?? undefined;
}

/** Every machine of a person, by number, with its UUID and what it is called now. */
export async function listLabels(
	db: Reader,
	user: number,
): Promise<{ id: number; uuid: string; label: string }[]> {
	return db.all("select id, uuid, label from machines where user = ? order by id", [user]);
}

export async function findTotalsDone(db: Reader, target: number): Promise<TotalsDone> {
	const done = await db.get<{ to: number; state: string | null }>(
		`select totals_to as "to", totals_state as state from push_targets where id = ?`,
		[target],
	);
	return { to: done?.to ?? 0, state: done?.state ?? undefined };
}

/** Notes that an account has every total. */
export async function saveTotalsDone(
	tx: Transaction,
	target: number,
	{ to, state }: TotalsDone,
): Promise<void> {
	await tx.run("update push_targets set totals_to = ?, totals_state = ? where id = ?", [
		to,
		state ?? null,
		target,
	]);
}

/** All totals of a kind are sent to this account once more. */
export async function forgetSentKind(tx: Transaction, target: number, kind: SentKind): Promise<void> {
	await tx.run("delete from sent_totals where target = ? and kind = ?", [target, kind]);
}

/** All totals are sent to this account once more. Machines keep their names, by which it may know what it has of them. */
export async function forgetSentTotals(tx: Transaction, target: number): Promise<void> {
	await tx.run("delete from sent_totals where target = ?", [target]);
	await saveTotalsDone(tx, target, { to: 0, state: undefined });
}

/**
 * What changes whenever a total may, but for the zone of its days: the last change number, and what all usage costs.
 *
 * @returns `change`: that number
 */
export async function findTotalsBasis(db: Reader, user: number): Promise<{ change: number; basis: string }> {
	const found = await db.get<{ change: number; cost: number | bigint }>(
		`select
			(select value from counters where name = 'events') as change,
			(select ifnull(sum(cost), 0) from person_months where user = ?) as cost`,
		[user],
	);
	const { change = 0, cost = 0 } = found ?? {};
	return { change, basis: JSON.stringify([change, String(cost)]) };
}

/** An account has these totals no more. */
export async function forgetSent(
	tx: Transaction,
	target: number,
	kind: SentKind,
	names: readonly (readonly [label: string, name: string])[],
): Promise<void> {
	const rows = names.map(([label, name]): Value[] => [target, kind, label, name]);
	await tx.batch([deleteRows("sent_totals", ["target", "kind", "label", "name"], rows)]);
}
