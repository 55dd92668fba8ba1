import { AppError } from "../errors.ts";
import type { DigestRow } from "../usage/digest.ts";
import { type DigestAnswer, readDigest, readResponses } from "../usage/digest-answer.ts";
import type { TotalKind } from "../usage/granularity.ts";
import { fieldsOf, isCount } from "../usage/json-fields.ts";
import { readTotalsReply, type TotalsReply } from "../usage/totals-reply.ts";
import { readReply, type UploadReply } from "../usage/upload.ts";
import { type Answer, askServer, isLoopback, NETWORK, type Network, type Question } from "./ask-server.ts";

/** Where usage is sent to, and the key that opens it. */
export type ServerAccess = {
	/** As {@link parseServer} gives it. */
	address: string;
	key: string;
};

/** An account as a server tells of it. Its texts may hold anything. */
export type ServerAccount = { id: string; username: string; email: string | undefined };

/**
 * Reads a server's address: https, or http where it cannot be overheard.
 *
 * @param insecure http is allowed everywhere
 * @returns the address without `/` at its end
 * @throws AppError `invalid_config`
 */
export function parseServer(text: string, insecure: boolean): string {
	const url = URL.parse(text);
	// The text is not told: it may hold a password.
	if (!url || url.username || url.password || url.search || url.hash || !/^https?:$/.test(url.protocol)) {
		throw new AppError(
			"invalid_config",
			"The server's address is not one.",
			"Give one such as https://usage.example.com, without user name and password, to promptpulse login --server or in PROMPTPULSE_SERVER.",
		);
	}
	if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
		throw new AppError(
			"invalid_config",
			`The server's address ${url.origin} is not https: others in the network could read the key.`,
			"Use https, or allow it with --insecure.",
		);
	}
	return url.href.replace(/\/+$/, "");
}

/** Whether others in the network can read what goes to an address, so that people have to allow it. */
export function needsConsent(address: string): boolean {
	const { protocol, hostname } = new URL(address);
	return protocol === "http:" && !isLoopback(hostname);
}

const TOTALS_PATHS: Readonly<Record<TotalKind, string>> = {
	daily: "/api/usage/daily/batch",
	session: "/api/usage/sessions/batch",
	blocks: "/api/usage/blocks/batch",
};

/** A client of one server. Errors and answers of it never hold the key. */
export class Server {
	constructor(
		readonly access: ServerAccess,
		readonly network: Network = NETWORK,
	) {}

	get address(): string {
		return this.access.address;
	}

	/** Tells keys apart without keeping them. */
	get keyDigest(): string {
		return keyDigestOf(this.access.key);
	}

	/** Whose key it is. */
	findAccount(): Promise<Answer<ServerAccount>> {
		return this.#ask("/api/auth/validate", { method: "GET" }, readAccount);
	}

	/** @param upload gzipped JSON of this many events */
	sendEvents(upload: Uint8Array<ArrayBuffer>, events: number): Promise<Answer<UploadReply>> {
		const headers = { "content-type": "application/json", "content-encoding": "gzip" };
		return this.#ask("/api/usage/events", { method: "POST", headers, body: upload }, (body) =>
			readReply(body, events),
		);
	}

	/** @param body JSON of this many totals of one kind */
	sendTotals(kind: TotalKind, body: string, totals: number): Promise<Answer<TotalsReply>> {
		const headers = { "content-type": "application/json" };
		return this.#ask(TOTALS_PATHS[kind], { method: "POST", headers, body }, (reply) =>
			readTotalsReply(reply, totals),
		);
	}

	/**
	 * Has totals removed, as they were sent.
	 *
	 * @returns how many there were
	 */
	removeTotals(kind: TotalKind, records: readonly object[]): Promise<Answer<number>> {
		return this.#ask("/api/usage/reported/remove", jsonRequest({ kind, records }), (body) => {
			const { removed } = fieldsOf(body);
			return isCount(removed) ? removed : undefined;
		});
	}

	/**
	 * What the server has of some machines, day by day.
	 *
	 * @param since `YYYY-MM-DD`, UTC
	 */
	findDigest(machines: readonly string[], since: string): Promise<Answer<DigestAnswer>> {
		const query = new URLSearchParams({ since, machine: machines.join(",") });
		return this.#ask(`/api/usage/digest?${query}`, { method: "GET" }, readDigest);
	}

	/** What the server has of responses, by their keys. */
	findResponses(keys: readonly string[]): Promise<Answer<DigestRow[]>> {
		const path = `/api/usage/digest/responses?keys=${keys.join(",")}`;
		return this.#ask(path, { method: "GET" }, readResponses);
	}

	/**
	 * Makes a key that only sends usage.
	 *
	 * @param name what people know it by
	 */
	createIngestKey(name: string): Promise<Answer<string>> {
		const wanted = { name, kind: "ingest", expires_at: null };
		return this.#ask("/api/user/keys", jsonRequest(wanted), (body) => {
			const { key } = fieldsOf(body);
			return isKey(key) ? key : undefined;
		});
	}

	/** Makes a link that logs a browser in, once, and soon not any more. */
	createLink(): Promise<Answer<string>> {
		return this.#ask("/api/auth/link", jsonRequest({}), readLink);
	}

	#ask<Body>(
		path: string,
		request: Question["request"],
		read: (body: unknown) => Body | undefined,
	): Promise<Answer<Body>> {
		const { address, key } = this.access;
		return askServer(this.network, { address, path, key, request }, read);
	}
}

export type NewAccount = {
	username: string;
	email?: string | undefined;
	invite?: string | undefined;
	zone: string;
};

/** Makes an account and its first key, for who has none yet. */
export function createAccount(
	address: string,
	wanted: NewAccount,
	network = NETWORK,
): Promise<Answer<{ account: ServerAccount; key: string }>> {
	const question = { address, path: "/api/users", request: jsonRequest(wanted), wantsCode: true };
	return askServer(network, question, (body) => {
		const account = readAccount(body);
		const { apiKey } = fieldsOf(fieldsOf(body).user);
		return account && isKey(apiKey) ? { account, key: apiKey } : undefined;
	});
}

/** Tells keys apart without keeping them. */
export function keyDigestOf(key: string): string {
	return new Bun.CryptoHasher("sha256").update(key).digest().toString("base64url", 0, 12);
}

/** Whether a text can be sent as a key at all. */
export function isKey(text: unknown): text is string {
	return typeof text === "string" && /^[\x21-\x7e]{1,256}$/.test(text);
}

function jsonRequest(body: object): Question["request"] {
	return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function readAccount(body: unknown): ServerAccount | undefined {
	const { id, username, email } = fieldsOf(fieldsOf(body).user);
	if (typeof id !== "string" || !/^[\w.:-]{1,128}$/.test(id)) return undefined;
	return {
		id,
		username: typeof username === "string" ? username.slice(0, LONGEST_NAME) : "",
		email: typeof email === "string" ? email.slice(0, LONGEST_NAME) : undefined,
	};
}

const LONGEST_NAME = 254;

/** A browser opens what comes here: only what leads to a page will do. */
function readLink(body: unknown): string | undefined {
	const { url: text } = fieldsOf(body);
	const url = typeof text === "string" && text.length < LONGEST_LINK ? URL.parse(text) : null;
	return url && /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : undefined;
}

const LONGEST_LINK = 2_000;
