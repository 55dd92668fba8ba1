import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { DONE, NOT_READY } from "../exit-code.ts";
import { plain } from "../screen/terminal.ts";
import { type ListenFlags, readListenAddress } from "./listen-address.ts";

/** What `/readyz` answers, which no other program does. */
const READY = "ready";
const NOT_NOW = "not ready";
/** The server itself says within 2 s how its database is. In ms. */
const DEADLINE_MS = 4_000;

/**
 * `promptpulse serve --health`: asks the server that listens where these settings say whether it can answer requests,
 * for what watches over it and has no other program to ask with. Ends with 0 where it can, with 1 where not.
 *
 * @throws AppError `invalid_config`
 */
export async function serveHealth(
	{ config, terminal }: Context,
	flags: ListenFlags,
	deadlineMs = DEADLINE_MS,
): Promise<number> {
	const { host, port } = readListenAddress(config, flags);
	if (port === 0) {
		const hint = "Name the port on which the server listens, in PORT or with --port.";
		throw new AppError("invalid_config", "With PORT 0 nobody knows where the server listens.", hint);
	}
	const place = `${asInUrl(host)}:${port}`;
	const trouble = await findTrouble(`http://${place}/readyz`, deadlineMs);
	if (trouble === undefined) {
		terminal.out(`The server at ${plain(place)} is ready.`);
		return DONE;
	}
	terminal.err(`The server at ${plain(place)} is not ready: ${trouble}.`);
	return NOT_READY;
}

/** An address at which what listens everywhere is reached from here, as it stands in a URL. */
function asInUrl(host: string): string {
	if (host === "0.0.0.0") return "127.0.0.1";
	if (/^\[?(?:::|(?:0+:){7}0+)\]?$/.test(host)) return "[::1]";
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** What keeps a server from being ready, as the end of a sentence; undefined where nothing does. */
async function findTrouble(url: string, deadlineMs: number): Promise<string | undefined> {
	const signal = AbortSignal.timeout(deadlineMs);
	try {
		// What the machine names as a way out to the network is no way to itself.
		const response = await fetch(url, { signal, proxy: false, redirect: "manual" });
		const said = await beginningOf(response);
		if (response.status === 200 && said === READY) return undefined;
		if (response.status === 503 && said === NOT_NOW) {
			return "its database does not answer, or the disk is nearly full";
		}
		if (response.status === 503) return "it has too much to do, or is about to stop";
		return "another program answers there";
	} catch (error) {
		if (signal.aborted) return `it did not answer within ${deadlineMs / 1_000} s`;
		return isRefusal(error) ? "nothing answers there" : `it cannot be reached (${plain(String(error))})`;
	}
}

/** Whether nobody listens: its message, in the words of the runtime, asks people whether their computer is online. */
function isRefusal(error: unknown): boolean {
	return error instanceof Error && "code" in error && /refused/i.test(String(error.code));
}

/** No more of an answer than is needed to know it: another program's may have no end. */
async function beginningOf(response: Response): Promise<string> {
	let said = "";
	const decoder = new TextDecoder();
	for await (const bytes of response.body ?? []) {
		said += decoder.decode(bytes, { stream: true });
		if (said.length > NOT_NOW.length) break;
	}
	return said;
}
