import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type } from "arktype";
import { isMachineUuid } from "../../account/machine.ts";
import { settleZone } from "../../ledger/accounts.ts";
import type { Transaction } from "../../ledger/database.ts";
import { Ingest, ingest } from "../../ledger/events.ts";
import { findBeyondQuotas, mayHaveMachine, NAME_QUOTAS, type NameQuotas } from "../../ledger/name-quotas.ts";
import {
	MOST_BYTES,
	MOST_BYTES_SENT,
	MOST_EVENTS,
	type ReadUpload,
	readUpload,
	type UploadReply,
} from "../../usage/upload.ts";
import { parseJson, readBytes } from "../body.ts";
import { INVALID_BODY, invalidFields, ProblemError, TOO_LARGE, WRONG_TYPE } from "../errors.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { json } from "./rows.ts";
import { UploadBody } from "./upload-schema.ts";

const Count = type("number.integer >= 0");

const Reply = type({
	ledger: "string.uuid",
	stored: Count,
	raised: Count,
	duplicates: Count,
	expired: Count,
	rejected: type({ index: Count, code: "string" }).array(),
	time: Count,
});

/** `POST /api/usage/events`: the way in for usage. What is answered with 200 is on disk. */
export function uploadEvents(options: ServerOptions): Route {
	const { db, ledger, prices, metrics, quotas = NAME_QUOTAS } = options;
	return route({
		method: "POST",
		path: "/api/usage/events",
		access: "send",
		text: {
			summary: "Takes usage events in, any of them any number of times",
			reply: Reply,
			body: UploadBody,
			note: `It may come packed (Content-Encoding: gzip), unpacked at most ${MOST_BYTES / 1024} KiB, with ${MOST_EVENTS} events at most. What is answered with 200 is on disk; an event that is refused costs only itself and is named in \`rejected\`.`,
		},
		raw: true,
		largestBody: MOST_BYTES_SENT,
		async answer({ request, now }, viewer) {
			const { user } = accountOf(viewer);
			const sent = await readSent(request);
			const result = await db.transaction(async (tx) => {
				const [known, standing, { upload, refused }] = await Promise.all([
					settleZone(tx, user, sent.machine.zone, now),
					Ingest.look(tx, user, sent.machine.id),
					withinQuotas(tx, user, sent, quotas),
				]);
				if (!upload) return { ...NOTHING, rejected: refused };
				const { machine, events, places } = upload;
				const { id, ...rest } = machine;
				const context = { user: known, machine: { uuid: id, ...rest }, prices, now };
				const kept = await ingest(tx, context, events, standing);
				const late = kept.rejected.map(({ index, code }) => ({ index: places[index] ?? -1, code }));
				return { ...kept, rejected: [...refused, ...late] };
			});
			const rejected = [...sent.rejected, ...result.rejected];
			metrics.noteUpload({ ...result, rejected: rejected.length });
			return json({ ledger, ...result, rejected, time: now } satisfies UploadReply);
		},
	});
}

const NOTHING = { stored: 0, raised: 0, duplicates: 0, expired: 0 };

/** What of an upload may be kept; of a machine too many, nothing. `refused`: by their places in the upload. */
async function withinQuotas(
	tx: Transaction,
	user: number,
	sent: ReadUpload,
	quotas: NameQuotas,
): Promise<{ upload: ReadUpload | undefined; refused: ReadUpload["rejected"] }> {
	const { machine, events, places } = sent;
	const refuse = (index: number) => ({ index, code: "too_many_names" as const });
	const [mayHave, beyond] = await Promise.all([
		mayHaveMachine(tx, user, machine.id, quotas),
		findBeyondQuotas(tx, user, events, quotas),
	]);
	if (!mayHave) return { upload: undefined, refused: places.map(refuse) };
	if (beyond.size === 0) return { upload: sent, refused: [] };
	const isKept = (_: unknown, i: number) => !beyond.has(i);
	const upload = { ...sent, events: events.filter(isKept), places: places.filter(isKept) };
	return { upload, refused: places.filter((_, i) => beyond.has(i)).map(refuse) };
}

/** @throws ProblemError */
async function readSent(request: Request): Promise<ReadUpload> {
	const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
	const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
	if (type !== "application/json" || !ENCODINGS.includes(encoding)) throw new ProblemError(WRONG_TYPE);
	const sent = await readBytes(request, MOST_BYTES_SENT);
	const upload = readUpload(parseJson(encoding === "gzip" ? await inflate(sent) : sent));
	if (!upload) throw new ProblemError(invalidFields("invalid_body", ["the upload"]));
	if (!isMachineUuid(upload.machine.id))
		throw new ProblemError(invalidFields("invalid_body", ["machine.id"]));
	return upload;
}

const ENCODINGS = ["identity", "gzip"];
const unzip = promisify(gunzip);

/** No more is ever unpacked than one upload may hold. */
async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
	try {
		return await unzip(packed, { maxOutputLength: MOST_BYTES });
	} catch (error) {
		const isTooLarge = (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
		throw new ProblemError(isTooLarge ? TOO_LARGE : INVALID_BODY);
	}
}
