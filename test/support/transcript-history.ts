import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "./random.ts";
import { TELLERS, type Teller } from "./transcript-tellers.ts";

/** One session of a history: its file, its sub-agents' files, and what it has told so far. */
export type HistorySession = {
	id: string;
	folder: string;
	cwd: string;
	/** Below `projects`. */
	main: string;
	agents: { id: string; path: string }[];
	lines: string[];
};

const CWDS = ["/home/dev/app", "/home/dev/web.site", "/home/dev/app-2"];
const HOUR = 3_600_000;

/**
 * What Claude Code does to a directory over time, drawn at random: sessions that stream, resume, fork and start
 * sub-agents, each write ending anywhere in a line until the next one goes on.
 */
export class TranscriptHistory {
	readonly sessions: HistorySession[] = [];
	/** Epoch ms; it goes on with every line. */
	now = Date.UTC(2026, 2, 28, 20);
	/** Bytes that a file is still to get. */
	readonly #waiting = new Map<string, Buffer>();
	#numbers = 0;

	constructor(
		readonly projects: string,
		readonly random: Random,
		/** Directories that sessions work in. */
		readonly cwds: readonly string[] = CWDS,
	) {}

	/** Lets one thing happen. */
	step(): void {
		this.now += this.random.pick([0, 60_000, 20 * 60_000, HOUR, 6 * HOUR, 13 * HOUR]);
		const tell: Teller = this.sessions.length === 0 ? TELLERS[0] : this.random.pick(TELLERS);
		tell(this, this.#anySession());
		for (const path of this.#waiting.keys()) this.#write(path, this.random.pick([0, 0.5, 1, 1]));
	}

	/** Writes what is still to be written. */
	finish(): void {
		for (const path of this.#waiting.keys()) this.#write(path, 1);
	}

	/** A number that was never given before. */
	number(): number {
		return ++this.#numbers;
	}

	openSession(folder?: string): HistorySession {
		// A later session's id may be the smaller one.
		const id = `${Bun.hash(`${this.number()}`).toString(16).slice(-8)}-1111-4111-8111-111111111111`;
		const cwd = this.random.pick(this.cwds);
		const own = folder ?? cwd.replace(/[^A-Za-z0-9]/g, "-");
		const session = { id, cwd, folder: own, main: `${own}/${id}.jsonl`, agents: [], lines: [] };
		this.sessions.push(session);
		return session;
	}

	/** Lets a session tell lines in a file; forks and repetitions copy them from it. */
	tell(session: HistorySession, path: string, ...lines: string[]): void {
		session.lines.push(...lines);
		this.append(path, ...lines);
	}

	/** Adds lines to a file, as bytes that come when they come. */
	append(path: string, ...lines: string[]): void {
		const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
		this.#waiting.set(path, Buffer.concat([this.#waiting.get(path) ?? Buffer.alloc(0), bytes]));
	}

	/** What was to be written to a file is not: it is another one now. */
	forget(path: string): void {
		this.#waiting.delete(path);
	}

	/** Transcripts that exist, below `projects`. */
	written(): string[] {
		const paths = this.sessions.flatMap((session) => [
			session.main,
			...session.agents.map(({ path }) => path),
		]);
		return [...new Set(paths)].filter((path) => existsSync(join(this.projects, path)));
	}

	read(path: string): Buffer {
		return readFileSync(join(this.projects, path));
	}

	#anySession(): HistorySession {
		return this.sessions.length === 0 || this.random.next() < 0.15
			? this.openSession()
			: this.random.pick(this.sessions);
	}

	#write(path: string, share: number): void {
		const bytes = this.#waiting.get(path) ?? Buffer.alloc(0);
		const end = share === 1 ? bytes.length : this.random.integer(0, Math.floor(bytes.length * share));
		if (end === 0) return;
		mkdirSync(dirname(join(this.projects, path)), { recursive: true });
		appendFileSync(join(this.projects, path), bytes.subarray(0, end));
		if (end === bytes.length) this.#waiting.delete(path);
		else this.#waiting.set(path, bytes.subarray(end));
	}
}
