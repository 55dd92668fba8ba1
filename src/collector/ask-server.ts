import { fieldsOf } from "../usage/json-fields.ts";

/** What stands between this program and the network. */
export type Network = {
	fetch: (url: string, request: BunFetchRequestInit) => Promise<Response>;
	/** How long an answer may take altogether, in ms. */
	deadline: number;
};

/**
 * What became of a request that was not answered as hoped. `why` goes on with "The server …"; `code` is the server's
 * word for it, where it was asked for.
 */
export type Trouble = { why: string; code?: string | undefined } & (
	| { kind: "refused_key" }
	/** What was sent is not accepted as it is. */
	| { kind: "refused" }
	| { kind: "too_large" }
	/** The connection broke or was too slow: less at a time may get through. */
	| { kind: "cut"; waitMs?: number | undefined }
	/** Another try may do, after so long if the server said it. */
	| { kind: "busy"; waitMs?: number | undefined }
	/** No other try will do. */
	| { kind: "unfit" }
);

export type Answer<Body> = { kind: "ok"; body: Body } | Trouble;

/** What is asked, under which key if one is needed. */
export type Question = {
	/** Of the server, as `parseServer` gives it. */
	address: string;
	path: string;
	key?: string | undefined;
	request: BunFetchRequestInit & { headers?: Record<string, string> };
	/** Whether it matters by which word the server calls a refusal. */
	wantsCode?: boolean;
};

export const NETWORK: Network = { fetch: (url, request) => fetch(url, request), deadline: 30_000 };

/** An answer is small; what is larger is none. */
const LONGEST_ANSWER = 1024 * 1024;

/**
 * Asks a server. Answers and errors never hold the key, and of what a server says only what `read` makes of it.
 *
 * @param read the body as it should be, undefined for another
 */
export async function askServer<Body>(
	network: Network,
	question: Question,
	read: (body: unknown) => Body | undefined,
): Promise<Answer<Body>> {
	const answer = await askText(network, question);
	if (answer.kind !== "ok") return answer;
	const body = read(parseJson(answer.body));
	return body === undefined ? { kind: "unfit", why: NOT_PROMPTPULSE } : { kind: "ok", body };
}

async function askText(
	network: Network,
	{ address, path, key, request, wantsCode }: Question,
): Promise<Answer<string>> {
	try {
		const url = `${address}${path}`;
		const response = await network.fetch(url, {
			...request,
			headers: {
				...request.headers,
				accept: "application/json",
				...(key === undefined ? {} : { "x-api-key": key }),
			},
			// Bun would take the key along to another host.
			redirect: "error",
			// Whatever the environment says, the key goes only to who proves to be the server.
			tls: { rejectUnauthorized: true },
			...(isLoopback(new URL(url).hostname) ? NO_PROXY : {}),
			signal: AbortSignal.timeout(network.deadline),
		});
		if (response.status === 200) return { kind: "ok", body: await readText(response) };
		const code = wantsCode ? codeOf(parseJson(await readText(response))) : undefined;
		await response.body?.cancel();
		return { ...answerOfStatus(response), code };
	} catch (error) {
		return answerOfError(error, network.deadline);
	}
}

/** A proxy of the environment would read what never leaves this machine. Bun takes false, its types do not. */
const NO_PROXY = { proxy: false } as object;

const NOT_PROMPTPULSE =
	"gave an answer that is not PromptPulse's; a network that wants a log-in first may have answered in its place";

function answerOfStatus({ status, headers }: Response): Trouble {
	const why = `answered ${status}`;
	const waitMs = waitOf(headers);
	if (status === 401 || status === 403) return { kind: "refused_key", why };
	if (status === 400 || status === 422) return { kind: "refused", why };
	if (status === 413) return { kind: "too_large", why };
	if (status === 408) return { kind: "cut", why, waitMs };
	if (status === 429 || status >= 500) return { kind: "busy", why, waitMs };
	return { kind: "unfit", why };
}

/** Only codes are told: messages may quote what was sent. */
function answerOfError(error: unknown, deadline: number): Trouble {
	const { name, code } = error as { name: string; code?: unknown };
	if (name === "TimeoutError") {
		return { kind: "cut", why: `gave no whole answer within ${deadline / 1000} seconds` };
	}
	if (code === "UnexpectedRedirect") {
		return { kind: "unfit", why: "sends to another address, which is not followed: name that one" };
	}
	const what = typeof code === "string" ? code : name;
	if (BROKEN.test(what)) return { kind: "cut", why: `broke the connection off (${what})` };
	if (UNREACHED.test(what)) return { kind: "busy", why: `could not be reached (${what})` };
	return { kind: "unfit", why: `could not prove who it is, or was not understood (${what})` };
}

const BROKEN = /^(?:ECONNRESET|EPIPE|ConnectionClosed)$/;
const UNREACHED =
	/^(?:ECONNREFUSED|ECONNABORTED|ENOTFOUND|EAI_|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT|ETIMEOUT|ConnectionRefused|FailedToOpenSocket|DNS)/;

/** `Retry-After`, as seconds or as a date by the server's own clock. */
function waitOf(headers: Headers): number | undefined {
	const after = headers.get("retry-after")?.trim() ?? "";
	if (/^\d{1,9}$/.test(after)) return Number(after) * 1000;
	const [until, now] = [Date.parse(after), Date.parse(headers.get("date") ?? "")];
	const wait = until - (Number.isNaN(now) ? Date.now() : now);
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

async function readText(response: Response): Promise<string> {
	const decoder = new TextDecoder();
	let [text, bytes] = ["", 0];
	for await (const chunk of response.body ?? []) {
		bytes += chunk.length;
		if (bytes > LONGEST_ANSWER) return "";
		text += decoder.decode(chunk, { stream: true });
	}
	return text;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function codeOf(body: unknown): string | undefined {
	const { code } = fieldsOf(body);
	return typeof code === "string" && /^[a-z_]{1,40}$/.test(code) ? code : undefined;
}

export function isLoopback(host: string): boolean {
	return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
