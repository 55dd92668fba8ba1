import {
	type Counters,
	type ExtraPart,
	type RejectCode,
	rejectCode,
	UNKNOWN_MODEL,
	type UsageEvent,
} from "./event.ts";
import { type Fields, isCount, isFields, UUID } from "./json-fields.ts";
import { dollars, nanoUsd } from "./usage.ts";

/** What one upload may hold: events, bytes as sent (gzip), and bytes of JSON. */
export const MOST_EVENTS = 2_500;
export const MOST_BYTES_SENT = 256 * 1024;
export const MOST_BYTES = 4 * 1024 * 1024;

/** An event as it travels. The ordinary is absent; folder, machine and our cost never travel. */
export type WireEvent = Counters & {
	key: string;
	message?: number | undefined;
	at: number;
	/** Absent where it is `at`. */
	countedAt?: number | undefined;
	session: string;
	project?: string | undefined;
	branch?: string | undefined;
	agent?: string | undefined;
	model: string;
	version?: string | undefined;
	sidechain?: true | undefined;
	/** Only beside `sidechain`: the response was seen outside side chains too. */
	sidechainOnly?: false | undefined;
	fork?: true | undefined;
	progress?: true | undefined;
	webSearches?: number | undefined;
	speed?: string | undefined;
	geo?: string | undefined;
	tier?: string | undefined;
	/** What an old line reports, in dollars. */
	costUsd?: number | undefined;
	extra?: readonly ExtraPart[] | undefined;
};

/** The machine that saw the events; the ledger's own word for it is `uuid`. */
export type WireMachine = {
	id: string;
	label: string;
	os?: string | undefined;
	client?: string | undefined;
	zone?: string | undefined;
};

export type Upload = { v: 1; machine: WireMachine; events: readonly WireEvent[] };

/** Why a server refuses an event: it says something wrong, is none, or names more than one person may have. */
export type UploadRejectCode = RejectCode | "bad_event" | "too_many_names";

/** An upload as it was read: sound events, and the places in the upload of these and of the others. */
export type ReadUpload = {
	machine: WireMachine;
	events: UsageEvent[];
	/** For each of `events` its place in the upload. */
	places: number[];
	rejected: { index: number; code: UploadRejectCode }[];
};

/** What a server answers; the counts and the refusals add up to the events of the upload. */
export type UploadReply = {
	/** UUID of the server's ledger. */
	ledger: string;
	stored: number;
	raised: number;
	duplicates: number;
	expired: number;
	rejected: { index: number; code: string }[];
	/** The server's clock, epoch ms. */
	time: number;
};

export function encodeEvent(event: UsageEvent): WireEvent {
	return {
		key: event.key,
		message: event.message,
		at: event.at,
		countedAt: event.countedAt === event.at ? undefined : event.countedAt,
		session: event.session,
		project: event.project,
		branch: event.branch,
		agent: event.agent,
		model: event.model,
		version: event.version,
		sidechain: event.sidechain || undefined,
		sidechainOnly: event.sidechain && !event.sidechainOnly ? false : undefined,
		fork: event.fork || undefined,
		progress: event.progress || undefined,
		input: event.input,
		output: event.output,
		cacheWrite5m: event.cacheWrite5m,
		cacheWrite1h: event.cacheWrite1h,
		cacheRead: event.cacheRead,
		webSearches: event.webSearches || undefined,
		speed: event.speed,
		geo: event.geo,
		tier: event.tier,
		costUsd: event.reportedNanoUsd === undefined ? undefined : dollars(event.reportedNanoUsd),
		extra: event.extra?.length ? event.extra : undefined,
	};
}

/**
 * Reads an upload strictly: numbers are JSON numbers, and fields that are not known are dropped. A bad event costs only
 * itself.
 *
 * @returns undefined where the whole is no upload
 */
export function readUpload(body: unknown): ReadUpload | undefined {
	if (!isFields(body) || body.v !== 1 || !Array.isArray(body.events)) return undefined;
	const machine = readMachine(body.machine);
	if (machine === undefined || body.events.length > MOST_EVENTS) return undefined;
	const upload: ReadUpload = { machine, events: [], places: [], rejected: [] };
	for (const [index, wire] of body.events.entries()) {
		const event = decodeEvent(wire);
		if (typeof event === "string") upload.rejected.push({ index, code: event });
		else {
			upload.events.push(event);
			upload.places.push(index);
		}
	}
	return upload;
}

/** The event that a wire event stands for, without its machine, or why there is none. */
export function decodeEvent(wire: unknown): UsageEvent | UploadRejectCode {
	if (!isFields(wire)) return "bad_event";
	const isWellFormed =
		TEXTS.every((field) => isText(wire[field])) &&
		FLAGS.every((field) => wire[field] === undefined || typeof wire[field] === "boolean") &&
		MODIFIERS.every((field) => wire[field] === undefined || isModifier(wire[field])) &&
		(wire.extra === undefined || (Array.isArray(wire.extra) && wire.extra.every(isPart)));
	if (!isWellFormed) return "bad_event";
	const text = (field: (typeof TEXTS)[number] | (typeof MODIFIERS)[number]) =>
		wire[field] as string | undefined;
	const at = readNumber(wire.at);
	const sidechain = wire.sidechain === true;
	const event: UsageEvent = {
		key: text("key") ?? "",
		message: wire.message === undefined ? undefined : readNumber(wire.message),
		sidechainOnly: sidechain && wire.sidechainOnly !== false,
		model: text("model") ?? UNKNOWN_MODEL,
		...readCounters(wire),
		webSearches: wire.webSearches === undefined ? 0 : readNumber(wire.webSearches),
		speed: text("speed"),
		geo: text("geo"),
		tier: text("tier"),
		reportedNanoUsd: wire.costUsd === undefined ? undefined : nanoUsd(readNumber(wire.costUsd)),
		extra: (wire.extra as Fields[] | undefined)?.map(readPart),
		countedAt: wire.countedAt === undefined ? at : readNumber(wire.countedAt),
		at,
		session: text("session") ?? "",
		fork: wire.fork === true,
		progress: wire.progress === true,
		sidechain,
		project: text("project"),
		branch: text("branch"),
		agent: text("agent"),
		version: text("version"),
	};
	return rejectCode(event) ?? event;
}

/**
 * Reads what a server answers to an upload of so many events. Anything else than exactly that is undefined: networks
 * that want a log-in first answer with pages of their own.
 */
export function readReply(body: unknown, events: number): UploadReply | undefined {
	if (!isFields(body)) return undefined;
	const { ledger, stored, raised, duplicates, expired, rejected, time } = body;
	if (typeof ledger !== "string" || !UUID.test(ledger)) return undefined;
	if (!isCount(stored) || !isCount(raised) || !isCount(duplicates) || !isCount(expired) || !isCount(time)) {
		return undefined;
	}
	if (!Array.isArray(rejected) || !rejected.every(isRejection)) return undefined;
	const places = new Set(rejected.map(({ index }) => index).filter((index) => index < events));
	if (places.size !== rejected.length) return undefined;
	if (stored + raised + duplicates + expired + rejected.length !== events) return undefined;
	return { ledger, stored, raised, duplicates, expired, rejected, time };
}

const TEXTS = ["key", "session", "project", "branch", "agent", "model", "version"] as const;
const FLAGS = ["sidechain", "sidechainOnly", "fork", "progress"] as const;
const MODIFIERS = ["speed", "geo", "tier"] as const;
const CODE = /^[a-z][a-z_]{0,63}$/;

function readMachine(machine: unknown): WireMachine | undefined {
	if (!isFields(machine)) return undefined;
	const { id, label, os, client, zone } = machine;
	if (typeof id !== "string" || typeof label !== "string") return undefined;
	return isText(os) && isText(client) && isText(zone) ? { id, label, os, client, zone } : undefined;
}

function readPart(part: Fields): ExtraPart {
	return { model: (part.model as string | undefined) ?? UNKNOWN_MODEL, ...readCounters(part) };
}

function readCounters(fields: Fields): Counters {
	return {
		input: readNumber(fields.input),
		output: readNumber(fields.output),
		cacheWrite5m: readNumber(fields.cacheWrite5m),
		cacheWrite1h: readNumber(fields.cacheWrite1h),
		cacheRead: readNumber(fields.cacheRead),
	};
}

/** NaN where it is none, which `rejectCode` refuses. */
function readNumber(value: unknown): number {
	return typeof value === "number" ? value : Number.NaN;
}

function isText(value: unknown): value is string | undefined {
	return value === undefined || typeof value === "string";
}

function isPart(value: unknown): boolean {
	return isFields(value) && isText(value.model);
}

function isModifier(value: unknown): boolean {
	return typeof value === "string" && /^[a-z0-9_-]{1,32}$/.test(value);
}

function isRejection(value: unknown): value is { index: number; code: string } {
	return isFields(value) && isCount(value.index) && typeof value.code === "string" && CODE.test(value.code);
}
