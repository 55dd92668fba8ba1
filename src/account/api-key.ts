import { randomBase62, toBase62 } from "./secret.ts";

/** `full` may do what its owner may, `read` asks only, `ingest` only sends usage and asks what of it arrived. */
export const KEY_KINDS = ["full", "read", "ingest"] as const;

export type KeyKind = (typeof KEY_KINDS)[number];

/** A key as a server keeps it: the key itself is not. Times are epoch ms. */
export type ApiKey = {
	/** UUID. */
	id: string;
	/** Number of the person in the ledger. */
	user: number;
	kind: KeyKind;
	name: string;
	/** Its last four characters. */
	last4: string;
	createdAt: number;
	expiresAt: number | null;
	lastUsedAt: number | null;
	revokedAt: number | null;
};

const LETTERS: Record<KeyKind, string> = { full: "f", read: "r", ingest: "i" };
const RANDOM = 32;
const SUM = 6;
const KEY = /^pk_[fri][0-9A-Za-z]{38}$/;
/** The predecessor's keys. */
const OLD_KEY = /^pk_[0-9a-f]{64}$/;

/** A new key: `pk_`, a letter for its kind, 32 random characters, and 6 by which typing errors are found. */
export function mintKey(kind: KeyKind): string {
	const body = `pk_${LETTERS[kind]}${randomBase62(RANDOM)}`;
	return body + sumOf(body);
}

/** The kind of a key, or undefined where the text is none, which its last characters tell without asking anyone. */
export function kindOfKey(text: string): KeyKind | undefined {
	if (!KEY.test(text) || sumOf(text.slice(0, -SUM)) !== text.slice(-SUM)) return undefined;
	return KEY_KINDS.find((kind) => LETTERS[kind] === text[3]);
}

/** Whether a text is a key of the program that PromptPulse replaces. No server takes it any more. */
export function isOldKey(text: string): boolean {
	return OLD_KEY.test(text);
}

function sumOf(body: string): string {
	return toBase62(Bun.hash.crc32(body), SUM);
}
