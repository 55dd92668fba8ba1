import { type Type, type } from "arktype";
import { expectAccount } from "../../ledger/accounts.ts";
import type { Transaction } from "../../ledger/database.ts";
import {
	type ReportSource,
	saveReportedBlocks,
	saveReportedDays,
	saveReportedSessions,
} from "../../ledger/reported.ts";
import { findFinalUploads } from "../../reports/upload-history.ts";
import { dayText, parseDay } from "../../usage/day.ts";
import { cleanName } from "../../usage/event.ts";
import { blockOf, dayOf, legacyDayOf, sessionOf } from "../../usage/reported-total.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { removeReportedRoute } from "./remove-reported.ts";
import { BlockRecord, breakdownsOf, DayRecord, LegacyRecord, SessionRecord } from "./reported-records.ts";
import { json } from "./rows.ts";

/** The program before sent all there is at once. */
const LARGEST_BODY = 2 * 1024 * 1024;
const MOST_RECORDS = 10_000;

const Batch = type({ "+": "delete", records: `unknown[] <= ${MOST_RECORDS}` });

const BatchReply = type({
	ledger: "string.uuid",
	message: "string",
	processed: "number.integer",
	skipped: "number.integer",
	total: "number.integer",
});

const Legacy = type({ "+": "delete", machineId: "0 < string <= 256", data: `unknown[] <= ${MOST_RECORDS}` });

const Question = type({
	"+": "delete",
	machine_id: "0 < string <= 256",
	records: type({
		"+": "delete",
		upload_type: "'daily' | 'session' | 'block'",
		identifier: "string <= 256",
	})
		.array()
		.atMostLength(MOST_RECORDS),
});

/**
 * Uploads of the program before, and of imports: totals that a client counted itself. They are kept apart from events,
 * under the key's owner, whoever a record says it is of. A bad record costs only itself.
 */
export function reportedRoutes(options: ServerOptions): Route[] {
	return [
		batchRoute(options, "daily", DayRecord, (record) => dayOf(withBreakdowns(record)), saveReportedDays),
		batchRoute(
			options,
			"sessions",
			SessionRecord,
			(record) => sessionOf(withBreakdowns(record)),
			saveReportedSessions,
		),
		batchRoute(options, "blocks", BlockRecord, blockOf, saveReportedBlocks),
		legacyRoute(options),
		historyRoute(options),
		removeReportedRoute(options),
	];
}

function withBreakdowns<Record extends { model_breakdowns?: readonly unknown[] | null }>(record: Record) {
	return { ...record, model_breakdowns: breakdownsOf(record.model_breakdowns) };
}

type Schema<Record> = ((input: unknown) => Record | InstanceType<typeof type.errors>) & Pick<Type, "array">;

function batchRoute<Record, Reported>(
	{ db, ledger }: ServerOptions,
	kind: "daily" | "sessions" | "blocks",
	schema: Schema<Record>,
	read: (record: Record) => Reported,
	save: (tx: Transaction, user: number, rows: readonly Reported[], from: ReportSource) => Promise<number>,
): Route {
	return route({
		method: "POST",
		path: `/api/usage/${kind}/batch`,
		access: "send",
		text: {
			summary: `Takes totals of ${kind === "daily" ? "days" : kind} in, as the program before sent them`,
			reply: BatchReply,
			body: type({ records: schema.array() }),
		},
		body: Batch,
		largestBody: LARGEST_BODY,
		async answer({ body, now }, viewer) {
			const sound = soundOf(schema, body.records).map(read);
			const { user } = accountOf(viewer);
			const processed = await db.transaction(async (tx) => {
				await expectAccount(tx, user);
				return save(tx, user, sound, { source: "upload", now });
			});
			const total = body.records.length;
			const message = `${processed} of ${total} records were kept.`;
			return json({ ledger, message, processed, skipped: total - processed, total });
		},
	});
}

function legacyRoute({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/usage",
		access: "send",
		text: {
			summary: "Takes totals of days in, as the oldest clients sent them",
			reply: type({ message: "string", recordsProcessed: "number.integer" }),
			body: type({ machineId: "0 < string <= 256", data: LegacyRecord.array() }),
		},
		body: Legacy,
		largestBody: LARGEST_BODY,
		async answer({ body, now }, viewer) {
			const days = soundOf(LegacyRecord, body.data).map((record) =>
				legacyDayOf(body.machineId, { ...record, modelBreakdowns: breakdownsOf(record.modelBreakdowns) }),
			);
			const { user } = accountOf(viewer);
			const kept = await db.transaction(async (tx) => {
				await expectAccount(tx, user);
				return saveReportedDays(tx, user, days, { source: "upload", now });
			});
			const message = `${kept} of ${body.data.length} records were kept.`;
			return json({ message, recordsProcessed: kept });
		},
	});
}

function historyRoute({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/upload-history/check",
		access: "send",
		text: {
			summary: "Which totals need not come again, because nothing about them can change",
			reply: type({ "daily?": "string[]", "session?": "string[]", "block?": "string[]" }),
		},
		body: Question,
		largestBody: LARGEST_BODY,
		async answer({ body }, viewer) {
			const asked = Map.groupBy(body.records, ({ upload_type }) => upload_type);
			const idsOf = (kind: "daily" | "session" | "block") =>
				(asked.get(kind) ?? []).map(({ identifier }) => identifier);
			const final = await findFinalUploads(db, accountOf(viewer).user, {
				label: cleanName(body.machine_id) ?? "unknown",
				days: idsOf("daily").flatMap((text) => parseDay(text) ?? []),
				sessions: idsOf("session"),
				blocks: idsOf("block"),
			});
			return json({
				...(asked.has("daily") && { daily: final.days.map(dayText) }),
				...(asked.has("session") && { session: final.sessions }),
				...(asked.has("block") && { block: final.blocks }),
			});
		},
	});
}

function soundOf<Record>(schema: Schema<Record>, records: readonly unknown[]): Record[] {
	return records.flatMap((record) => {
		const read = schema(record);
		return read instanceof type.errors ? [] : [read];
	});
}
