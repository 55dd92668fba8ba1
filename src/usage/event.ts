/** Token counts of one answer or of one part of it. They do not overlap: all tokens are their sum. */
export type Counters = {
	input: number;
	output: number;
	cacheWrite5m: number;
	cacheWrite1h: number;
	cacheRead: number;
};

/** Usage inside a response that its own counters leave out: an advisor's answer, a compaction. */
export type ExtraPart = Counters & { model: string };

/** What a response used. Decided as a whole: the line that counted the most wins. */
export type Counted = Counters & {
	model: string;
	webSearches: number;
	/** Only what changes a price is kept: `fast`, `us`, `batch`, `priority` …; the ordinary is absent. */
	speed?: string | undefined;
	geo?: string | undefined;
	tier?: string | undefined;
	/** `costUSD` as very old versions wrote it, in nano-dollars. */
	reportedNanoUsd?: number | undefined;
	extra?: readonly ExtraPart[] | undefined;
	/** Time of the line these counters come from, epoch ms. */
	countedAt: number;
};

/** Where a response belongs. Decided as a whole: the earliest line wins. */
export type Attribution = {
	/** Epoch ms. */
	at: number;
	session: string;
	/** The line was copied from another session. */
	fork: boolean;
	/** The line stood inside an `agent_progress` line. */
	progress: boolean;
	sidechain: boolean;
	project?: string | undefined;
	/** The folder below `projects`; known only on the machine itself, it never travels. */
	folder?: string | undefined;
	branch?: string | undefined;
	agent?: string | undefined;
	/** Claude Code's version. */
	version?: string | undefined;
	/** UUID of the machine that saw it; absent until a ledger knows. */
	machine?: string | undefined;
};

/** One response of the API: the unit of everything that is counted. */
export type UsageEvent = Counted &
	Attribution & {
		/** 16 base64url characters; see {@link eventKey}. */
		key: string;
		/** Hash of the message id alone, see {@link messageHash}; absent where the API gave none. */
		message?: number | undefined;
		/** True while every line seen of the response is a side chain. */
		sidechainOnly: boolean;
	};

/** What can identify a response, as its lines carry it. An empty string counts as absent. */
export type EventIds = {
	messageId?: string | undefined;
	requestId?: string | undefined;
	session: string;
	uuid?: string | undefined;
	/** File below `projects` and byte offset, the last resort. */
	path: string;
	offset: number;
};

/**
 * The identity of a response: 16 base64url characters of SHA-256. It holds no machine and no time, and no session
 * where the API gave its ids, so copies, forks, resumes and restored backups count once. It never changes.
 */
export function eventKey(ids: EventIds): string {
	if (ids.messageId && ids.requestId) return hash(`1\0${ids.messageId}\0${ids.requestId}`);
	if (ids.messageId) return hash(`2\0${ids.session}\0${ids.messageId}`);
	if (ids.uuid) return hash(`3\0${ids.uuid}`);
	return hash(`4\0${ids.path}\0${ids.offset}`);
}

/**
 * A hash of a message id alone, 48 bits: what replays in a session are found by. It is no identity, so a number that is
 * cheap to keep is enough.
 */
export function messageHash(messageId: string): number {
	return sha256(`m\0${messageId}`).readUIntBE(0, 6);
}

/**
 * The same two straight from bytes, for ids as the API gives them.
 *
 * @param ids `1\0<message id>\0<request id>`, all of it ASCII
 * @param message `m\0<message id>`
 */
export function hashIds(ids: Uint8Array, message: Uint8Array): { key: string; message: number } {
	return { key: hash(ids), message: sha256(message).readUIntBE(0, 6) };
}

function hash(text: string | Uint8Array): string {
	return sha256(text).toString("base64url", 0, 12);
}

const digest = Buffer.alloc(32);

/** Valid until the next one. */
function sha256(text: string | Uint8Array): Buffer {
	Bun.SHA256.hash(text as string, digest);
	return digest;
}

const ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const KEY = /^[A-Za-z0-9_-]{16}$/;
const LARGEST_COUNTER = 1e9;
/** They cost so much that a larger number would leave the safe integers. */
export const MOST_WEB_SEARCHES = 1e6;

/** Whether a text can be the id of a session or an agent. */
export function isId(text: string): boolean {
	return ID.test(text);
}

const END_OF_TIME = Date.UTC(10_000, 0);

/** Why an event is refused. `implausible`: a ledger could not sum what it costs. */
export type RejectCode = "bad_key" | "bad_id" | "bad_time" | "bad_counter" | "implausible";

/** The reason to refuse an event, or undefined when it is sound. */
export function rejectCode(event: UsageEvent): RejectCode | undefined {
	if (!KEY.test(event.key) || !isMessageHash(event.message)) return "bad_key";
	if (!isId(event.session) || (event.agent !== undefined && !isId(event.agent))) return "bad_id";
	if (!isTime(event.at) || !isTime(event.countedAt)) return "bad_time";
	if (!hasSoundCounters(event)) return "bad_counter";
	if (!isCounter(event.webSearches) || event.webSearches > MOST_WEB_SEARCHES) return "bad_counter";
	if (event.reportedNanoUsd !== undefined && !isAmount(event.reportedNanoUsd)) return "bad_counter";
	if (event.extra?.some((part) => !hasSoundCounters(part))) return "bad_counter";
	return undefined;
}

/** A counter is an integer from 0 to 10⁹; anything else is a corrupt line. */
export function isCounter(value: unknown): value is number {
	return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_COUNTER;
}

function isMessageHash(value: unknown): boolean {
	return (
		value === undefined || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 48)
	);
}

function hasSoundCounters(part: Counters): boolean {
	return (
		isCounter(part.input) &&
		isCounter(part.output) &&
		isCounter(part.cacheWrite5m) &&
		isCounter(part.cacheWrite1h) &&
		isCounter(part.cacheRead)
	);
}

function isTime(at: number): boolean {
	return Number.isInteger(at) && at >= 0 && at < END_OF_TIME;
}

/** What no response costs, in nano-dollars: a hundred thousand dollars. */
const LARGEST_AMOUNT = 1e14;

function isAmount(nanoUsd: number): boolean {
	return Number.isInteger(nanoUsd) && nanoUsd >= 0 && nanoUsd <= LARGEST_AMOUNT;
}

/** An event as it is stored: names cleaned, and no extra part that says nothing. */
export function cleanEvent(event: UsageEvent): UsageEvent {
	const extra = event.extra?.filter((part) => !isNothing(part));
	return {
		...event,
		model: cleanName(event.model) ?? UNKNOWN_MODEL,
		project: cleanName(event.project),
		branch: cleanName(event.branch),
		version: cleanName(event.version),
		extra: extra?.length
			? extra.map((part) => ({ ...part, model: cleanName(part.model) ?? UNKNOWN_MODEL }))
			: undefined,
	};
}

/** Whether an extra part says nothing. */
export function isNothing(part: Counters): boolean {
	return (
		hasSoundCounters(part) &&
		part.input + part.output + part.cacheWrite5m + part.cacheWrite1h + part.cacheRead === 0
	);
}

/** The model of a response that names none. */
export const UNKNOWN_MODEL = "unknown";

const LONGEST_NAME = 256;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A name as it is stored: control characters removed, at most 256 characters, undefined if nothing is left. */
export function cleanName(name: string | undefined): string | undefined {
	if (name === undefined) return undefined;
	const clean = name.replace(CONTROLS, "").slice(0, LONGEST_NAME);
	return clean === "" ? undefined : clean.toWellFormed();
}
