import type { Reader } from "../ledger/database.ts";
import { asSession, MACHINE_PART, type MachinePartRow, type PartRow, type SessionRow } from "./sessions.ts";
import type { Asker } from "./source.ts";

/** A session with the machines that it ran on, the one with most responses first. */
export type WholeSession = SessionRow & { machines: { uuid: string; label: string }[] };

/** One session, in the same figures as in lists of them; undefined where the person has none of that name. */
export async function findSession(
	db: Reader,
	{ id }: Asker,
	session: string,
): Promise<WholeSession | undefined> {
	const parts = await db.all<MachinePartRow>(
		`select ${MACHINE_PART}
		from sessions
		cross join session_parts as used on used.user = sessions.user and used.session = sessions.id
		join project_names as projects on projects.id = used.project
		join machine_names as machines on machines.id = used.machine
		join models on models.id = used.model
		where sessions.user = ? and sessions.name = ?
		group by projects.root, machines.root, models.id
		order by projects.name, machines.uuid, models.name`,
		[id, session],
	);
	if (parts.length === 0) return undefined;
	const responses = (own: readonly PartRow[]) => own.reduce((sum, part) => sum + Number(part.responses), 0);
	const machines = [...Map.groupBy(parts, (part) => part.machine)]
		.map(([uuid, own]) => ({ uuid, label: own[0]?.label ?? "", responses: responses(own) }))
		.sort((a, b) => b.responses - a.responses || (a.uuid < b.uuid ? -1 : 1));
	return {
		...asSession(session, parts),
		machines: machines.map(({ uuid, label }) => ({ uuid, label })),
	};
}
