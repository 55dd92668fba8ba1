import { cleanName, rejectCode, UNKNOWN_MODEL, type UsageEvent } from "../usage/event.ts";
import { type Fields, isFields } from "../usage/json-fields.ts";
import { readCounters, readExtra, readWebSearches } from "./counters.ts";
import type { Line } from "./lines.ts";
import type { TranscriptFile } from "./paths.ts";
import { readRecords } from "./records.ts";
import { identify, type Sighting } from "./sighting.ts";
import {
	readGeo,
	readModel,
	readNanoUsd,
	readSpeed,
	readText,
	readTier,
	readVersion,
	SYNTHETIC,
} from "./texts.ts";
import { parseTime } from "./time.ts";

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

function readSighting(line: unknown, offset: number, file: TranscriptFile): Sighting | undefined {
	const answer = findAnswer(line);
	const message = answer?.inner.message;
	if (answer === undefined || !isFields(message) || !isFields(message.usage)) return undefined;
	const model = readModel(message.model) ?? UNKNOWN_MODEL;
	if (model === SYNTHETIC) return undefined;
	const { outer, inner } = answer;
	const { usage } = message;
	const session = readText(outer.sessionId) ?? readText(inner.sessionId) ?? file.session;
	const ids = {
		messageId: readText(message.id),
		requestId: readText(inner.requestId),
		uuid: readText(inner.uuid),
		offset,
	};
	const at = parseTime(inner.timestamp);
	const event: UsageEvent = {
		...identify(ids, session, file),
		sidechainOnly: answer.sidechain,
		model,
		...readCounters(usage),
		webSearches: readWebSearches(usage),
		speed: readSpeed(usage.speed),
		geo: readGeo(usage.inference_geo),
		tier: readTier(usage.service_tier),
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
