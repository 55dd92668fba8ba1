import {
	cleanName,
	eventKey,
	messageKey,
	type RejectCode,
	rejectCode,
	UNKNOWN_MODEL,
	type UsageEvent,
} from "../usage/event.ts";
import { type Fields, isFields, readCounters, readExtra, readModel, readWebSearches } from "./counters.ts";
import type { Line } from "./lines.ts";
import type { TranscriptFile } from "./paths.ts";
import { readRecords } from "./records.ts";
import { parseTime } from "./time.ts";

/** Why a line that looked like usage is not counted. `too_long` is the line reader's. */
export type SkipReason = RejectCode | "bad_json" | "too_long";

/** A response as one line tells it; several lines, of several files, may tell of the same one. */
export type Sighting =
	| {
			/** Without `project` and `machine`: no line tells them. */
			event: UsageEvent;
			/** The working directory that the line names. */
			cwd: string | undefined;
	  }
	| { skip: SkipReason };

/**
 * Reads what a line of a transcript tells of usage: mostly one sighting or none, several only where records run into
 * each other. Never throws: a line of another kind gives nothing, a corrupt one its reason.
 */
export function parseLine(line: Line, file: TranscriptFile): Sighting[] {
	const { records, damaged } = readRecords(line);
	const sightings: Sighting[] = [];
	for (const { value, offset } of records) {
		const sighting = readSighting(value, offset, file);
		if (sighting !== undefined) sightings.push(sighting);
	}
	if (damaged) sightings.push({ skip: "bad_json" });
	return sightings;
}

/** Where in a line an answer stands. */
type Answer = {
	/** The whole line. */
	outer: Fields;
	/** The record of the answer: the line itself, or the sub-agent's that an `agent_progress` line repeats. */
	inner: Fields;
	progress: boolean;
	sidechain: boolean;
	agent: string | undefined;
};

function findAnswer(line: unknown): Answer | undefined {
	if (!isFields(line)) return undefined;
	if (line.type === "assistant") {
		const sidechain = line.isSidechain === true;
		return { outer: line, inner: line, progress: false, sidechain, agent: readText(line.agentId) };
	}
	const { type, data } = line;
	if (type !== "progress" || !isFields(data) || data.type !== "agent_progress") return undefined;
	const inner = data.message;
	if (!isFields(inner) || inner.type !== "assistant") return undefined;
	const agent = readText(data.agentId) ?? readText(inner.agentId);
	return { outer: line, inner, progress: true, sidechain: inner.isSidechain !== false, agent };
}

/** Made by Claude Code itself for errors and interruptions. */
const SYNTHETIC = "<synthetic>";

function readSighting(line: unknown, offset: number, file: TranscriptFile): Sighting | undefined {
	const answer = findAnswer(line);
	const message = answer?.inner.message;
	if (answer === undefined || !isFields(message) || !isFields(message.usage)) return undefined;
	if (message.model === SYNTHETIC) return undefined;
	const { outer, inner } = answer;
	const { usage } = message;
	const messageId = readText(message.id);
	const session = readText(outer.sessionId) ?? readText(inner.sessionId) ?? file.session;
	const model = readModel(message.model) ?? UNKNOWN_MODEL;
	const counters = readCounters(usage);
	const at = parseTime(inner.timestamp);
	const event: UsageEvent = {
		key: eventKey({
			messageId,
			requestId: readText(inner.requestId),
			session,
			uuid: readText(inner.uuid),
			path: file.relative,
			offset,
		}),
		message: messageId === undefined ? undefined : messageKey(messageId),
		sidechainOnly: answer.sidechain,
		model,
		input: counters.input,
		output: counters.output,
		cacheWrite5m: counters.cacheWrite5m,
		cacheWrite1h: counters.cacheWrite1h,
		cacheRead: counters.cacheRead,
		webSearches: readWebSearches(usage),
		speed: readModifier(usage.speed, "standard"),
		geo: readModifier(usage.inference_geo, "global", "not_available"),
		tier: readModifier(usage.service_tier, "standard"),
		reportedNanoUsd: readNanoUsd(inner.costUSD),
		extra: readExtra(usage, model),
		countedAt: at,
		at,
		session,
		fork: isFields(outer.forkedFrom) || isFields(inner.forkedFrom),
		progress: answer.progress,
		sidechain: answer.sidechain,
		project: undefined,
		folder: file.folder,
		branch: cleanName(readText(outer.gitBranch) ?? readText(inner.gitBranch)),
		agent: answer.agent,
		version: readVersion(outer.version) ?? readVersion(inner.version),
		machine: undefined,
	};
	const skip = rejectCode(event);
	if (skip !== undefined) return { skip };
	return { event, cwd: readText(outer.cwd) ?? readText(inner.cwd) };
}

function readText(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** Only what changes a price, in lower case. */
function readModifier(value: unknown, ...ordinary: string[]): string | undefined {
	if (typeof value !== "string" || !/^[a-z0-9_-]{1,32}$/i.test(value)) return undefined;
	const modifier = value.toLowerCase();
	return ordinary.includes(modifier) ? undefined : modifier;
}

function readNanoUsd(usd: unknown): number | undefined {
	if (typeof usd !== "number" || usd < 0) return undefined;
	const nanoUsd = Math.round(usd * 1e9);
	return Number.isSafeInteger(nanoUsd) ? nanoUsd : undefined;
}

const LONGEST_VERSION = 32;

function readVersion(value: unknown): string | undefined {
	const version = cleanName(readText(value));
	return version !== undefined && version.length <= LONGEST_VERSION ? version : undefined;
}
