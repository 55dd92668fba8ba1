import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { assistantLine, writeTranscripts } from "../test/support/transcript.ts";
import { outputOf } from "./measure.ts";

const PROJECTS = 40;
const LINES_A_FILE = 5;
const HOUR = 3_600_000;
const FIRST = Date.parse("2026-06-01T00:00:00Z");

/**
 * Writes many small transcripts: 40 projects, in them sessions, half of the files beside those and half in the two
 * folders that a session with subagents has.
 *
 * @param folders how many there are below `projects`, all in all
 */
export function writeSmallTree(claude: string, files: number, folders: number): void {
	const sessions = (folders - PROJECTS) / 2;
	const transcripts = Array.from({ length: files }, (_, i): [string, string[]] => {
		const session = i % sessions;
		const project = `-home-dev-project${session % PROJECTS}`;
		const path = i < files / 2 ? `session-${i}.jsonl` : `session-${session}/subagents/agent-${i}.jsonl`;
		return [join(project, path), linesOf(i)];
	});
	writeTranscripts(join(claude, "projects"), Object.fromEntries(transcripts));
}

function linesOf(file: number): string[] {
	return Array.from({ length: LINES_A_FILE }, (_, i) => {
		const id = `${file}_${i}`;
		const timestamp = new Date(FIRST + (file % 2000) * HOUR + i * 1000).toISOString();
		return assistantLine({ id: `msg_${id}`, requestId: `req_${id}`, session: `session-${file}`, timestamp });
	});
}

/** A copy that may be written to, with the times of the files. */
export async function copyTree(from: string, to: string): Promise<void> {
	mkdirSync(to, { recursive: true });
	await outputOf({ words: ["cp", "-a", join(from, "projects"), to], environment: { PATH: "/usr/bin:/bin" } });
}

/** No file grows by more than this share of what is appended: about an evening's sessions. */
const SHARE_OF_ONE_FILE = 1 / 12;

/**
 * Appends about so many bytes to the files that were written last, as if their sessions went on: their own last lines
 * again, as other responses.
 *
 * @param round makes the ids new, so it has to differ from call to call
 */
export function growTree(claude: string, bytes: number, round: number): void {
	let missing = bytes;
	for (const { path, size } of listByAge(claude)) {
		if (missing <= 0) break;
		const lines = lastLines(path, Math.min(size, missing, bytes * SHARE_OF_ONE_FILE));
		const renamed = lines.replaceAll(/"(msg|req)_/g, `"$1_${round}x`);
		appendFileSync(path, renamed, "latin1");
		missing -= renamed.length;
	}
}

/** The newest first. */
function listByAge(claude: string): { path: string; size: number; changedMs: number }[] {
	return readdirSync(join(claude, "projects"), { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".jsonl"))
		.map((name) => {
			const path = join(claude, "projects", name);
			const { size, mtimeMs } = statSync(path);
			return { path, size, changedMs: mtimeMs };
		})
		.sort((a, b) => b.changedMs - a.changedMs || (a.path < b.path ? -1 : 1));
}

/** Whole lines, as bytes in characters; nothing of a file whose last line is not at its end yet. */
function lastLines(path: string, bytes: number): string {
	const buffer = Buffer.alloc(Math.ceil(bytes));
	const file = openSync(path, "r");
	try {
		readSync(file, buffer, 0, buffer.length, statSync(path).size - buffer.length);
	} finally {
		closeSync(file);
	}
	const text = buffer.toString("latin1");
	return text.endsWith("\n") ? text.slice(text.indexOf("\n") + 1) : "";
}
