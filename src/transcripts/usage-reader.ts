import {
	type Counters,
	cleanName,
	isId,
	MOST_WEB_SEARCHES,
	UNKNOWN_MODEL,
	type UsageEvent,
} from "../usage/event.ts";
import type { Line } from "./lines.ts";
import { parseLine } from "./parse.ts";
import type { TranscriptFile } from "./paths.ts";
import { RepeatedIds } from "./repeated-ids.ts";
import { RepeatedText } from "./repeated-text.ts";
import type { SkipReason } from "./sighting.ts";
import { readGeo, readModel, readNanoUsd, readSpeed, readTier, readVersion, SYNTHETIC } from "./texts.ts";
import { timeAt } from "./time.ts";
import { COUNT, TEXT, UsageWalker, type WalkedRecord } from "./usage-walker.ts";

/** Who is told what lines say. */
export type SightingSink = {
	/**
	 * @param event without project and machine, which no line tells; valid until the next line only
	 * @param cwd the working directory that the line names
	 */
	saw(event: Readonly<UsageEvent>, cwd: string | undefined, file: TranscriptFile): void;
	skipped(reason: SkipReason): void;
};

const ASSISTANT = Buffer.from("assistant");
const PROGRESS = Buffer.from("progress");
const AGENT_PROGRESS = Buffer.from("agent_progress");
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads what lines tell of usage: straight from their bytes where these are as Claude Code writes them, otherwise
 * through the line parser, which says the same and takes ten times as long.
 */
export class UsageReader {
	/** Lines that were read, and those of them that only the line parser could read. */
	lines = 0;
	parsed = 0;

	readonly #walker = new UsageWalker();
	readonly #ids = new RepeatedIds();
	/** Used again for every line that is read from its bytes: most lines tell what is known. */
	readonly #event = emptyEvent();
	readonly #session = new RepeatedText(idOf);
	readonly #agent = new RepeatedText(idOf);
	readonly #cwd = new RepeatedText((text) => text);
	readonly #branch = new RepeatedText(cleanName);
	readonly #version = new RepeatedText(readVersion);
	readonly #model = new RepeatedText(readModel);
	readonly #speed = new RepeatedText(readSpeed);
	readonly #geo = new RepeatedText(readGeo);
	readonly #tier = new RepeatedText(readTier);
	readonly #cost = new RepeatedText((text) => readNanoUsd(Number(text)));

	read(line: Line, file: TranscriptFile, sink: SightingSink): void {
		this.lines++;
		if (this.#readBytes(line, file, sink)) return;
		// An unfinished line is nothing odd.
		if (line.terminated) this.parsed++;
		for (const sighting of parseLine(line, file)) {
			if ("skip" in sighting) sink.skipped(sighting.skip);
			else sink.saw(sighting.event, sighting.cwd, file);
		}
	}

	/** False where the line parser has to decide. */
	#readBytes(line: Line, file: TranscriptFile, sink: SightingSink): boolean {
		// Only after a newline, which is no JSON, does the walker know where to stop.
		if (!line.terminated) return false;
		const { buffer, start } = line;
		const end = buffer[line.end - 1] === CARRIAGE_RETURN ? line.end - 1 : line.end;
		const walker = this.#walker;
		if (!walker.walk(buffer, start, end)) return false;
		const { outer, data, inner } = walker;
		if (walker.says(outer, TEXT.type, ASSISTANT)) return this.#tell(line, file, sink, outer, outer);
		const isProgress =
			walker.says(outer, TEXT.type, PROGRESS) &&
			walker.says(data, TEXT.type, AGENT_PROGRESS) &&
			walker.says(inner, TEXT.type, ASSISTANT);
		return isProgress ? this.#tell(line, file, sink, outer, inner) : true;
	}

	#tell(
		{ buffer, offset }: Line,
		file: TranscriptFile,
		sink: SightingSink,
		outer: WalkedRecord,
		inner: WalkedRecord,
	): boolean {
		if (!inner.hasUsage) return true;
		const model = this.#text(this.#model, TEXT.model, inner, inner) ?? UNKNOWN_MODEL;
		if (model === SYNTHETIC) return true;
		const progress = inner !== outer;
		const agentHolder = progress ? this.#walker.data : outer;
		const session = this.#text(this.#session, TEXT.session, outer, inner);
		const agent = this.#text(this.#agent, TEXT.agent, agentHolder, inner);
		const version = this.#text(this.#version, TEXT.version, outer, inner);
		const at = timeAt(buffer, inner.starts[TEXT.timestamp] as number, inner.ends[TEXT.timestamp] as number);
		const webSearches = inner.counts[COUNT.webSearches] as number;
		const isSound =
			session !== undefined &&
			at >= 0 &&
			webSearches <= MOST_WEB_SEARCHES &&
			(agent !== undefined || isAbsent(TEXT.agent, agentHolder, inner)) &&
			(version !== undefined || isAbsent(TEXT.version, outer, inner));
		if (!isSound) return false;
		const event = this.#event;
		const { key, message } = this.#ids.identify(buffer, inner, session, offset, file);
		const sidechain = progress ? inner.sidechain !== false : outer.sidechain === true;
		event.key = key;
		event.message = message;
		event.sidechainOnly = sidechain;
		event.model = model;
		readCounts(inner.counts, event);
		event.webSearches = webSearches;
		event.speed = this.#text(this.#speed, TEXT.speed, inner, inner);
		event.geo = this.#text(this.#geo, TEXT.geo, inner, inner);
		event.tier = this.#text(this.#tier, TEXT.tier, inner, inner);
		event.reportedNanoUsd = this.#text(this.#cost, TEXT.cost, inner, inner);
		event.countedAt = at;
		event.at = at;
		event.session = session;
		event.fork = outer.fork || inner.fork;
		event.progress = progress;
		event.sidechain = sidechain;
		event.folder = file.folder;
		event.branch = this.#text(this.#branch, TEXT.branch, outer, inner);
		event.agent = agent;
		event.version = version;
		sink.saw(event, this.#text(this.#cwd, TEXT.cwd, outer, inner), file);
		return true;
	}

	/** A text of the first record, or else of the second. */
	#text<Made>(
		texts: RepeatedText<Made>,
		place: number,
		first: WalkedRecord,
		second: WalkedRecord,
	): Made | undefined {
		const { starts, ends } = isAbsent(place, first, first) ? second : first;
		const start = starts[place] as number;
		return start === 0 ? undefined : texts.read(this.#walker.bytes, start, ends[place] as number);
	}
}

function readCounts(counts: Float64Array, into: Counters): void {
	const cacheWrite1h = counts[COUNT.cacheWrites1h] as number;
	const byLifetime = (counts[COUNT.cacheWrites5m] as number) + cacheWrite1h;
	into.input = counts[COUNT.input] as number;
	into.output = counts[COUNT.output] as number;
	into.cacheWrite5m = Math.max(counts[COUNT.cacheWrites] as number, byLifetime) - cacheWrite1h;
	into.cacheWrite1h = cacheWrite1h;
	into.cacheRead = counts[COUNT.cacheReads] as number;
}

function isAbsent(place: number, first: WalkedRecord, second: WalkedRecord): boolean {
	return first.starts[place] === 0 && second.starts[place] === 0;
}

function emptyEvent(): UsageEvent {
	return {
		key: "",
		message: undefined,
		sidechainOnly: false,
		model: "",
		input: 0,
		output: 0,
		cacheWrite5m: 0,
		cacheWrite1h: 0,
		cacheRead: 0,
		webSearches: 0,
		speed: undefined,
		geo: undefined,
		tier: undefined,
		reportedNanoUsd: undefined,
		extra: undefined,
		countedAt: 0,
		at: 0,
		session: "",
		fork: false,
		progress: false,
		sidechain: false,
		project: undefined,
		folder: "",
		branch: undefined,
		agent: undefined,
		version: undefined,
		machine: undefined,
	};
}

function idOf(text: string): string | undefined {
	return isId(text) ? text : undefined;
}
