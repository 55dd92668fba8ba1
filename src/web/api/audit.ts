import { type } from "arktype";
import { type AuditRow, listAudit, listOwnAudit } from "../../reports/audit.ts";
import type { NestedRow } from "../../usage/table-row.ts";
import { type AuditDetail, detailOf, ownEntry } from "../people/audit-rows.ts";
import { type Ask, accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, Moment } from "./list.ts";
import { answerPage, type Order, type PageQuery, readCursor } from "./paging.ts";
import { limitTo } from "./usage-query.ts";

const EVERYONES: Order = { list: "audit", by: ["n-"] };
const OWN: Order = { list: "own-audit", by: ["n-", "n-"] };

/** How many where it is not said. */
const USUAL = 100;

const Query = type({
	"+": "delete",
	"limit?": limitTo(1_000),
	"cursor?": "string",
	"format?": "'json' | 'csv'",
});

const ENTRY = {
	at: Moment,
	action: "string",
	detail: { "[string]": "string | number | null" },
	address: "string | null",
} as const;

/** What happened to accounts, keys and log-ins, for those who have to know. Nothing in it is ever changed. */
export function auditRoutes({ db }: ServerOptions): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/admin/audit",
			access: "admin read",
			text: {
				summary: `The audit log of this server, the newest first; ${USUAL} where no limit is given`,
				reply: type({ id: "number.integer", username: "string | null", ...ENTRY }).array(),
			},
			query: Query,
			async answer(ask) {
				const { limit = USUAL } = ask.query;
				const [before] = readCursor(EVERYONES, ask.query) ?? [];
				const asked = { before: before === undefined ? undefined : Number(before), limit: limit + 1 };
				const rows = await listAudit(db, asked);
				return answerEntries(
					ask,
					EVERYONES,
					rows,
					limit,
					({ id }) => [id],
					(row) => ({
						id: row.id,
						username: row.username,
						at: iso(row.at),
						action: row.action,
						detail: detailOf(row),
						address: row.address,
					}),
				);
			},
		}),
		route({
			method: "GET",
			path: "/api/user/audit",
			access: "read",
			text: {
				summary: `What the audit log has about oneself, the newest first; ${USUAL} where no limit is given`,
				reply: type(ENTRY).array(),
			},
			query: Query,
			async answer(ask, viewer) {
				const account = accountOf(viewer);
				const { limit = USUAL } = ask.query;
				const [at, id] = readCursor(OWN, ask.query) ?? [];
				const before = at === undefined ? undefined : { at: Number(at), id: Number(id) };
				const rows = await listOwnAudit(db, account.user, { before, limit: limit + 1 });
				const placeOf = (row: AuditRow) => [row.at, row.id];
				return answerEntries(ask, OWN, rows, limit, placeOf, (row) => ownEntry(row, account));
			},
		}),
	];
}

/** @param rows one more than asked for, where there are more */
function answerEntries(
	ask: Ask<PageQuery>,
	order: Order,
	rows: readonly AuditRow[],
	limit: number,
	placeOf: (row: AuditRow) => number[],
	entryOf: (row: AuditRow) => NestedRow & { detail: AuditDetail },
): Response {
	const page = rows.slice(0, limit);
	const last = page.at(-1);
	const next = last && rows.length > page.length ? placeOf(last) : undefined;
	const items = page.map(entryOf);
	// In a table each entry has the same columns, whatever it says.
	if (ask.query.format !== "csv") return answerPage(ask, order, { items, next });
	const cells = items.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) }));
	return answerPage(ask, order, { items: cells, next });
}
