import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { addExact, type Exact } from "../usage/usage.ts";
import { piecesOf } from "./session-order.ts";
import { asSession, MACHINE_PART, type MachinePartRow, mainOf, type SessionRow } from "./sessions.ts";
import { type Asker, sessionsOf } from "./source.ts";

/**
 * A session with all that a list says of it. Of several projects and machines the one with most responses stands for all,
 * of branches the dearest; `branch` is empty where none was known.
 */
export type SessionListRow = SessionRow & {
	projects: number;
	branch: string;
	branches: number;
	/** UUID, and the name for people. */
	machine: string;
	label: string;
	machines: number;
	/** What sub-agents had of the cost. */
	subagentNanoUsd: Exact;
};

type MachinePart = MachinePartRow & { id: number };
type BranchPart = { session: number; branch: string; subagentNanoUsd: Exact };

/** Reads sessions by their numbers, in that order. */
export async function readSessionRows(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	ids: readonly number[],
): Promise<SessionListRow[]> {
	if (ids.length === 0) return [];
	const [parts, branches] = await Promise.all([
		listParts(db, asker, filter, ids),
		listBranchParts(db, asker, filter, ids),
	]);
	const partsOf = Map.groupBy(parts, ({ id }) => id);
	const branchesOf = Map.groupBy(branches, ({ session }) => session);
	return ids.flatMap((id) => {
		const own = partsOf.get(id);
		return own ? [asRow(own, branchesOf.get(id) ?? [])] : [];
	});
}

function asRow(parts: readonly MachinePart[], branches: readonly BranchPart[]): SessionListRow {
	const machine = mainOf(parts, (part) => part.machine);
	return {
		...asSession(parts[0]?.session ?? "", parts),
		projects: new Set(parts.map((part) => part.project)).size,
		branch: branches[0]?.branch ?? "",
		branches: branches.length,
		machine,
		label: parts.find((part) => part.machine === machine)?.label ?? "",
		machines: new Set(parts.map((part) => part.machine)).size,
		subagentNanoUsd: branches.reduce((sum: Exact, part) => addExact(sum, part.subagentNanoUsd), 0),
	};
}

function listParts(
	db: Reader,
	asker: Asker,
	filter: UsageFilter,
	ids: readonly number[],
): Promise<MachinePart[]> {
	const source = sessionsOf(asker, filter);
	return db.all<MachinePart>(
		`${source.sql}
		select
			sessions.id, ${MACHINE_PART}
		from json_each(?) as asked
		cross join used on used.session = asked.value
		cross join sessions on sessions.id = used.session
		cross join project_names as projects on projects.id = used.project
		cross join machine_names as machines on machines.id = used.machine
		cross join models on models.id = used.model
		group by sessions.id, projects.root, machines.root, models.id
		order by sessions.id, projects.name, machines.uuid, models.name`,
		[...source.parameters, JSON.stringify(ids)],
	);
}

/** By session, its branches in their order. */
function listBranchParts(
	db: Reader,
	{ id }: Asker,
	filter: UsageFilter,
	ids: readonly number[],
): Promise<BranchPart[]> {
	const pieces = piecesOf(id, filter, "chosen.session", "chosen cross join");
	return db.all<BranchPart>(
		`with chosen as materialized (select value as session from json_each(?)),
		pieces as (${pieces.sql})
		select
			pieces.session,
			branches.name as branch,
			sum(iif(pieces.apart, pieces.cost, 0)) as subagentNanoUsd
		from pieces
		cross join branches on branches.id = pieces.branch
		group by pieces.session, branches.id
		order by pieces.session, sum(pieces.cost) desc, sum(pieces.responses) desc, branches.name`,
		[JSON.stringify(ids), ...pieces.parameters],
	);
}
