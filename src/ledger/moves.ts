import { findLastChange, saveLastChange } from "./change-numbers.ts";
import type { Change } from "./contributions.ts";
import type { Transaction } from "./database.ts";
import { selectEvents } from "./event-rows.ts";
import { updateEvents } from "./event-writes.ts";
import type { MovedSession } from "./folders.ts";
import type { LedgerUser } from "./users.ts";

/**
 * Takes the events of sessions to the projects that they turned out to belong to. They get new change numbers, so
 * that servers learn of it.
 *
 * @returns what the rollups have to follow
 */
export async function moveSessions(
	tx: Transaction,
	user: LedgerUser,
	moved: readonly MovedSession[],
): Promise<Change[]> {
	if (moved.length === 0) return [];
	const [rows, names, last] = await Promise.all([
		selectEvents(
			tx,
			`from json_each(?) as moved
		cross join events as e on e.session = moved.value ->> 'session' and e.folder = moved.value ->> 'folder'`,
			[JSON.stringify(moved)],
		),
		tx.all<{ id: number; name: string }>(
			"select p.id, p.name from json_each(?) as moved cross join projects as p on p.id = moved.value ->> 'project'",
			[JSON.stringify(moved)],
		),
		findLastChange(tx),
	]);
	const nameOf = new Map(names.map(({ id, name }) => [id, name === "" ? undefined : name]));
	const projectOf = new Map(moved.map(({ folder, session, project }) => [`${folder} ${session}`, project]));
	let change = last;
	const changes = rows.map((before) => {
		const project = projectOf.get(`${before.names.folder} ${before.names.session}`) ?? before.names.project;
		return {
			before,
			after: {
				...before,
				change: ++change,
				event: { ...before.event, project: nameOf.get(project) },
				names: { ...before.names, project },
			},
		};
	});
	await tx.batch([
		saveLastChange(change),
		updateEvents(
			user.id,
			changes.map(({ after }) => after),
		),
	]);
	return changes;
}
