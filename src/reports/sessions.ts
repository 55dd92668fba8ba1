import type { Reader } from "../ledger/database.ts";
import type { UsageFilter } from "../usage/filter.ts";
import { byCost, type ModelUsage, sumUsage, type Usage } from "../usage/usage.ts";
import { SUMS, type UsageRow } from "./grouped.ts";
import { type Asker, momentsOf, sessionsOf } from "./source.ts";

/** A session as a whole. `project` is the one with most responses; times are epoch ms. */
export type SessionRow = UsageRow & { session: string; project: string; firstAt: number; lastAt: number };

/** What a session used of one model in one project. */
export type PartRow = ModelUsage & { session: string; project: string; firstAt: number; lastAt: number };

/** The same on one machine: its UUID, and its name for people. */
export type MachinePartRow = PartRow & { machine: string; label: string };

/** What a {@link MachinePartRow} is selected as, out of `used`, `sessions`, `projects`, `machines` and `models`. */
export const MACHINE_PART = `
			sessions.name as session,
			projects.name as project,
			machines.uuid as machine,
			machines.label,
			models.name as model,
			min(used.first_at) as firstAt,
			max(used.last_at) as lastAt,
			${SUMS}`;

/**
 * Sessions by last activity, oldest first. The filter's days choose sessions by their last activity; the figures are
 * of the whole session.
 */
export async function listSessions(db: Reader, asker: Asker, filter: UsageFilter): Promise<SessionRow[]> {
	const source = sessionsOf(asker, filter);
	const parts = await db.all<PartRow>(
		`${source.sql}
		select
			sessions.name as session,
			projects.name as project,
			models.name as model,
			min(used.first_at) as firstAt,
			max(used.last_at) as lastAt,
			${SUMS}
		from used
		join sessions on sessions.id = used.session
		join project_names as projects on projects.id = used.project
		join models on models.id = used.model
		group by sessions.id, projects.root, models.id
		order by sessions.name, projects.name, models.name`,
		source.parameters,
	);
	const isAsked = lastActiveWithin(filter);
	return [...Map.groupBy(parts, (part) => part.session)]
		.map(([session, own]) => asSession(session, own))
		.filter(isAsked)
		.sort((a, b) => a.lastAt - b.lastAt || (a.session < b.session ? -1 : 1));
}

function lastActiveWithin(filter: UsageFilter): (session: SessionRow) => boolean {
	const { from, before } = momentsOf(filter);
	return ({ lastAt }) => lastAt >= from && lastAt < before;
}

/** @param parts all parts of the session */
export function asSession(session: string, parts: readonly PartRow[]): SessionRow {
	const models = [...Map.groupBy(parts, (part) => part.model)].map(([model, own]) => ({
		...sumUsage(own),
		model,
	}));
	return {
		session,
		project: mainOf(parts, (part) => part.project),
		firstAt: Math.min(...parts.map((part) => part.firstAt)),
		lastAt: Math.max(...parts.map((part) => part.lastAt)),
		...sumUsage(parts),
		models: models.sort(byCost),
	};
}

/** The name that most responses of some parts bear; of equals the first. */
export function mainOf<Part extends Usage>(parts: readonly Part[], nameOf: (part: Part) => string): string {
	let best = { name: "", responses: -1n };
	for (const [name, own] of Map.groupBy(parts, nameOf)) {
		const responses = BigInt(sumUsage(own).responses);
		const isBetter = responses > best.responses || (responses === best.responses && name < best.name);
		if (isBetter) best = { name, responses };
	}
	return best.name;
}
