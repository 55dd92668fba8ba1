import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Line } from "../../src/transcripts/lines.ts";
import type { TranscriptFile } from "../../src/transcripts/paths.ts";

/** What a made-up line says. Any type goes in, so that corrupt lines can be made too; undefined leaves a key out. */
export type LineOptions = {
	id?: unknown;
	requestId?: unknown;
	uuid?: unknown;
	timestamp?: unknown;
	session?: unknown;
	model?: unknown;
	cwd?: unknown;
	branch?: unknown;
	version?: unknown;
	sidechain?: unknown;
	agent?: unknown;
	/** Over the default counters. */
	usage?: Record<string, unknown>;
	/** Over everything in `message`. */
	message?: Record<string, unknown>;
	/** Over everything at the top level of the line. */
	line?: Record<string, unknown>;
};

/** The session that lines name unless told otherwise. */
export const SESSION = "11111111-1111-4111-8111-111111111111";

const DEFAULTS = {
	id: "msg_1",
	requestId: "req_1",
	uuid: "uuid-1",
	timestamp: "2026-03-02T10:00:00.000Z",
	session: SESSION,
	model: "claude-sonnet-4-5-20250929",
	cwd: "/home/dev/app",
	branch: "main",
	version: "2.1.39",
	sidechain: false,
	agent: undefined,
} satisfies LineOptions;

/** A usage object: 10 in, 20 out, 30 written to the cache, 40 read from it. */
export function usageOf(over: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		input_tokens: 10,
		cache_creation_input_tokens: 30,
		cache_read_input_tokens: 40,
		output_tokens: 20,
		service_tier: "standard",
		...over,
	};
}

/** An answer's line as Claude Code writes it, without its `\n`. */
export function assistantLine(options: LineOptions = {}): string {
	const told = { ...DEFAULTS, ...options };
	return JSON.stringify({
		...envelopeOf(told),
		type: "assistant",
		agentId: told.agent,
		message: messageOf(told),
		requestId: told.requestId,
		uuid: told.uuid,
		timestamp: told.timestamp,
		...options.line,
	});
}

/**
 * The same answer as the parent's session repeats it in an `agent_progress` line. The outer record has a uuid and a
 * time of its own, one second later.
 */
export function progressLine(options: LineOptions = {}, inner: Record<string, unknown> = {}): string {
	const told = { ...DEFAULTS, agent: "a1b2c3d", ...options };
	const record = {
		type: "assistant",
		timestamp: told.timestamp,
		message: messageOf(told),
		requestId: told.requestId,
		uuid: told.uuid,
		...inner,
	};
	return JSON.stringify({
		...envelopeOf(told),
		type: "progress",
		data: {
			message: record,
			normalizedMessages: [],
			type: "agent_progress",
			prompt: "",
			agentId: told.agent,
		},
		toolUseID: "agent_msg_1",
		parentToolUseID: "toolu_1",
		uuid: "outer-uuid-1",
		timestamp: "2026-03-02T10:00:01.000Z",
		...options.line,
	});
}

function envelopeOf(told: LineOptions): Record<string, unknown> {
	return {
		parentUuid: null,
		isSidechain: told.sidechain,
		userType: "external",
		cwd: told.cwd,
		sessionId: told.session,
		version: told.version,
		gitBranch: told.branch,
	};
}

function messageOf(told: LineOptions): Record<string, unknown> {
	return {
		model: told.model,
		id: told.id,
		type: "message",
		role: "assistant",
		content: [{ type: "text", text: "Done." }],
		stop_reason: null,
		stop_sequence: null,
		usage: usageOf(told.usage),
		...told.message,
	};
}

/** A line as the reader gives it. */
export function asLine(text: string | Buffer, over: Partial<Line> = {}): Line {
	// A newline follows, as in a file.
	const buffer = Buffer.concat([Buffer.from(text), Buffer.from("\n")]);
	return { buffer, start: 0, end: buffer.length - 1, offset: 0, terminated: true, ...over };
}

/** The file that lines come from unless told otherwise. */
export const FILE: TranscriptFile = {
	path: `/home/dev/.claude/projects/-home-dev-app/${SESSION}.jsonl`,
	relative: `-home-dev-app/${SESSION}.jsonl`,
	folder: "-home-dev-app",
	isMain: true,
	session: SESSION,
};

/** Writes transcripts, each line with its `\n`, below a `projects` directory; the directories are made. */
export function writeTranscripts(projects: string, files: Record<string, readonly string[]>): void {
	for (const [relative, lines] of Object.entries(files)) {
		const path = join(projects, relative);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
	}
}
