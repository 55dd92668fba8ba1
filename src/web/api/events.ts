import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type } from "arktype";
import { isMachineUuid } from "../../account/machine.ts";
import { saveFirstZone } from "../../ledger/accounts.ts";
import { ingest } from "../../ledger/events.ts";
import { findUser } from "../../ledger/users.ts";
import { isZone } from "../../usage/day.ts";
import {
	MOST_BYTES,
	MOST_BYTES_SENT,
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
export function uploadEvents({ db, ledger, prices, metrics }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/usage/events",
		access: "send",
		text: {
			summary: "Takes usage events in, any of them any number of times",
			reply: Reply,
			body: UploadBody,
		},
		raw: true,
		largestBody: MOST_BYTES_SENT,
		async answer({ request, now }, viewer) {
			const { user } = accountOf(viewer);
			const { machine, events, places, rejected } = await readSent(request);
			const result = await db.transaction(async (tx) => {
				if (machine.zone !== undefined && isZone(machine.zone)) await saveFirstZone(tx, user, machine.zone);
				const person = await findUser(tx, user);
				if (!person) throw new Error(`the account's user ${user} is not in the ledger`);
				const { id, ...rest } = machine;
				return ingest(tx, { user: person, machine: { uuid: id, ...rest }, prices, now }, events);
			});
			metrics.noteUpload({ ...result, rejected: rejected.length + result.rejected.length });
			const late = result.rejected.map(({ index, code }) => ({ index: places[index] ?? -1, code }));
			return json({ ledger, ...result, rejected: [...rejected, ...late], time: now } satisfies UploadReply);
		},
	});
}

/** @throws ProblemError */
async function readSent(request: Request): Promise<ReadUpload> {
	const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
	const encoding = request.headers.get("content-encoding") ?? "identity";
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
