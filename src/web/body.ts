import { INVALID_BODY, ProblemError, TOO_LARGE, TOO_SLOW, WRONG_TYPE } from "./errors.ts";
import type { Route } from "./route.ts";
import { within } from "./within.ts";

/** What a body may have where a route does not say it, in bytes. */
export const USUAL_LARGEST = 64 * 1024;
/** So deep nobody writes JSON by hand or by program; far deeper it would take the parser's stack. */
const DEEPEST = 64;
/** A body has to be there after so many ms: 256 KiB at 10 kB/s. Byte by byte it would keep a place without end. */
const SLOWEST = 25_000;

/**
 * Reads what a request brought: JSON, or a form's fields where the route is a page. Nothing larger than the route takes
 * is held.
 *
 * @throws ProblemError
 */
export async function readBody(request: Request, route: Route): Promise<unknown> {
	const bytes = await readBytes(request, route.largestBody ?? USUAL_LARGEST);
	if (bytes.length === 0) return undefined;
	const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
	if (type === "application/json") return parseJson(bytes);
	const isForm = type === "application/x-www-form-urlencoded" && !route.path.startsWith("/api/");
	if (!isForm) throw new ProblemError(WRONG_TYPE);
	return fieldsOf(new URLSearchParams(new TextDecoder().decode(bytes)));
}

/**
 * The bytes of a body, as they were sent.
 *
 * @param slowest how long it may take to come, in ms
 * @throws ProblemError if there are more than `most`, or if they come too slowly
 */
export async function readBytes(
	request: Request,
	most: number,
	slowest = SLOWEST,
): Promise<Uint8Array<ArrayBuffer>> {
	if (Number(request.headers.get("content-length")) > most) throw new ProblemError(TOO_LARGE);
	const bytes = await within(slowest, collectBytes(request, most));
	if (!bytes) throw new ProblemError(TOO_SLOW);
	return bytes;
}

async function collectBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		for await (const chunk of request.body ?? []) {
			length += chunk.length;
			if (length > most) throw new ProblemError(TOO_LARGE);
			chunks.push(chunk);
		}
	} catch (error) {
		// Who sent it went away in the middle of it, or what came was no body: nothing here went wrong.
		throw error instanceof DOMException ? new ProblemError(INVALID_BODY) : error;
	}
	return Buffer.concat(chunks, length);
}

/** @throws ProblemError */
export function parseJson(bytes: Uint8Array): unknown {
	if (isTooDeep(bytes)) throw new ProblemError(INVALID_BODY);
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		throw new ProblemError(INVALID_BODY);
	}
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counted before it is parsed: a million brackets would keep everyone else waiting. */
function isTooDeep(bytes: Uint8Array): boolean {
	let depth = 0;
	let inText = false;
	for (let i = 0; i < bytes.length; i++) {
		const byte = bytes[i];
		if (inText) {
			if (byte === BACKSLASH) i++;
			else if (byte === QUOTE) inText = false;
		} else if (byte === QUOTE) inText = true;
		else if (byte === 0x5b || byte === 0x7b) {
			if (++depth > DEEPEST) return true;
		} else if (byte === 0x5d || byte === 0x7d) depth--;
	}
	return false;
}

/** A form's fields; of those that come twice the first. */
function fieldsOf(parameters: URLSearchParams): Record<string, string> {
	const fields: Record<string, string> = Object.create(null);
	for (const [name, value] of parameters) fields[name] ??= value;
	return fields;
}
