import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { asSession, MACHINE_PART, type MachinePartRow, mainOf, type SessionRow } from "./sessions.ts";
import { type Asker, momentsOf, namedIn } from "./source.ts";

/** A session, and the machine that most of its responses came from. */
export type SessionPageRow = SessionRow & { machine: string; label: string };

export type SessionPage = {
	/** What the project's name holds, letter by letter. */
	projectPart?: string | undefined;
	/** The session after which the page begins. */
	after?: { lastAt: number; session: string } | undefined;
	limit: number;
};

/**
 * The sessions that were active last, latest first, those of one moment by name, at list price. The filter's days choose
 * sessions by their last activity; names take parts of sessions, and figures are of what is left of each. Parts are
 * walked from the latest on: no more of them than the page asks for. The `+` keeps each look for a later part of the same
 * session from walking over those of all.
 */
export async function listSessionPage(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
	{ projectPart, after, limit }: SessionPage,
): Promise<SessionPageRow[]> {
	const { from, before } = momentsOf(filter);
	const last = Math.min(before - 1, after?.lastAt ?? Number.MAX_SAFE_INTEGER);
	const named = namedIn(id, filter);
	const isNamed = projectPart
		? `${named.sql} and project in (select id from project_names where user = ? and instr(name, ?) > 0)`
		: named.sql;
	const names = [...named.parameters, ...(projectPart ? [id, projectPart] : [])];
	const parts = await db.all<MachinePartRow>(
		`with latest as materialized (
			select part.session
			from session_parts as part
			cross join sessions on sessions.id = part.session
			where part.user = ? and part.last_at between ? and ? and (part.last_at < ? or sessions.name > ?)
				${isNamed}
				and not exists (
					select 1
					from session_parts as later
					where later.user = part.user and later.session = part.session
						and (+later.last_at, later.machine, later.project, later.model)
							> (part.last_at, part.machine, part.project, part.model)
						${isNamed}
				)
			order by part.last_at desc, sessions.name
			limit ?
		)
		select ${MACHINE_PART}
		from latest
		cross join session_parts as used on used.user = ? and used.session = latest.session ${isNamed}
		join sessions on sessions.id = used.session
		join project_names as projects on projects.id = used.project
		join machine_names as machines on machines.id = used.machine
		join models on models.id = used.model
		group by sessions.id, projects.root, machines.root, models.id
		order by sessions.name, projects.name, machines.uuid, models.name`,
		[
			id,
			from,
			last,
			after?.lastAt ?? Number.MAX_SAFE_INTEGER,
			after?.session ?? "",
			...names,
			...names,
			limit,
			id,
			...names,
		],
	);
	return [...Map.groupBy(parts, (part) => part.session)]
		.map(([session, own]) => ({ ...asSession(session, own), ...mainMachine(own) }))
		.sort((a, b) => b.lastAt - a.lastAt || (a.session < b.session ? -1 : 1));
}

function mainMachine(parts: readonly MachinePartRow[]): { machine: string; label: string } {
	const machine = mainOf(parts, (part) => part.machine);
	const label = parts.find((part) => part.machine === machine)?.label ?? "";
	return { machine, label };
}
