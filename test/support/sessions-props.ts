import type { SessionListRow } from "../../src/reports/session-rows.ts";
import { parseSessionsQuery, SESSIONS } from "../../src/usage/sessions-query.ts";
import { sumUsage } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import type { SessionsData, SessionsProps } from "../../views/sessions.tsx";
import { type Names, NOW, PLAIN, SHELL, TODAY, used } from "./overview-props.ts";

const MINUTE = 60_000;
export const UUID = "11111111-1111-4111-8111-111111111111";

/** A session of an hour that cost two dollars, half an hour ago. */
export function sessionRow(more: Partial<SessionListRow> = {}, names: Names = PLAIN): SessionListRow {
	return {
		...used(2),
		session: names.session,
		project: names.project,
		projects: 1,
		branch: names.session === PLAIN.session ? "main" : names.session,
		branches: 1,
		machine: UUID,
		label: names.machine,
		machines: 1,
		models: [{ ...used(2), model: names.model }],
		firstAt: NOW - 90 * MINUTE,
		lastAt: NOW - 30 * MINUTE,
		subagentNanoUsd: 500_000_000,
		...more,
	};
}

/** The list of sessions as it is with these rows, out of `count`. */
export function sessionsProps(
	query = "",
	rows: readonly SessionListRow[] = [sessionRow()],
	more: Partial<SessionsData> = {},
	names: Names = PLAIN,
): SessionsProps {
	const parsed = parseSessionsQuery(new URLSearchParams(query), { today: TODAY, firstDay: TODAY - 60 });
	return {
		shell: { ...SHELL, title: "Sessions" },
		view: new View(SESSIONS, parsed),
		known: {
			projects: [names.project],
			models: [names.model],
			machines: [{ uuid: UUID, label: names.machine, lastSeen: NOW }],
		},
		today: TODAY,
		data: {
			rows: [...rows],
			count: rows.length,
			usage: sumUsage(rows),
			next: undefined,
			previous: undefined,
			...more,
		},
	};
}
