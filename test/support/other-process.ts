import { writeFileSync } from "node:fs";
import { openLedger } from "../../src/ledger/open.ts";
import { holdLock, openSqlite } from "../../src/ledger/sqlite.ts";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { addUser, eventOf, HOUR, ingestAll, NOW } from "./ledger.ts";

const ROUND_MS = 10;

export type Rounds = { tried: number[]; had: number[] };

/** What another process can be asked to do with a file; it says `ready` when it has it. */
const TASKS = {
	/** Holds the lock until it is killed. */
	async lock(path: string): Promise<void> {
		const release = holdLock(path);
		say(release ? "ready" : "refused");
		await Bun.sleep(600_000);
		// Named here so that it is held until then: a lock that nothing names is collected, and let go of.
		release?.();
	},

	/**
	 * Tries for the lock at instants that all who are on this task share, and writes beside it in which rounds it tried
	 * and in which it had it.
	 */
	async contend(path: string): Promise<void> {
		const rounds: Rounds = { tried: [], had: [] };
		say("ready");
		while (rounds.tried.length < 150) {
			const round = Math.ceil(Date.now() / ROUND_MS);
			while (Date.now() < round * ROUND_MS);
			const release = holdLock(path);
			rounds.tried.push(round);
			if (release) rounds.had.push(round);
			await Bun.sleep(1);
			release?.();
		}
		writeFileSync(`${path}.${process.pid}`, JSON.stringify(rounds));
	},

	/** Keeps a transaction open for a while, then writes the row `other` into the table `things`. */
	async write(path: string): Promise<void> {
		const db = openSqlite(path);
		await db.transaction(async (tx) => {
			say("ready");
			await Bun.sleep(200);
			await tx.run("insert into things (name) values ('other')");
		});
	},

	/** Ingests {@link sharedHistory} in small uploads, each process from another place on, for ever. */
	async ingest(path: string): Promise<void> {
		const db = await openLedger(path, NOW);
		const user = (await findUser(db, 1)) ?? (await addUser(db));
		const history = sharedHistory();
		for (let from = process.pid; ; from += 7) {
			const upload = [0, 1, 2, 3, 4].flatMap((i) => history[(from + i) % history.length] ?? []);
			await ingestAll({ db, user }, upload);
			if (from === process.pid) say("ready");
		}
	},

	/** Opens a ledger, which brings its schema to date. */
	async migrate(path: string): Promise<void> {
		await openLedger(path, 0);
		say("ready");
	},
};

/** Responses that several processes ingest, each on three lines: an early one, one that counts most, and a copy. */
export function sharedHistory(): UsageEvent[] {
	return Array.from({ length: 20 }, (_, i) => {
		const response = eventOf({ id: `msg_${i}`, at: NOW - i * 2 * HOUR });
		const raised = { ...response, output: 500, at: response.at + 1, countedAt: response.at + 1 };
		return [response, raised, { ...response, session: "s2", fork: true, model: "dear" }];
	}).flat();
}

export type Task = keyof typeof TASKS;

/** Starts another process on a task, and waits for its first word. It is killed if it is still there in the end. */
export async function inOtherProcess(
	task: Task,
	path: string,
	use: (process: Bun.Subprocess<"ignore", "pipe", "inherit">) => Promise<void>,
): Promise<void> {
	const child = Bun.spawn([process.execPath, import.meta.path, task, path], {
		stdin: "ignore",
		stdout: "pipe",
	});
	try {
		for await (const chunk of child.stdout) {
			const word = Buffer.from(chunk).toString().trim();
			if (word !== "ready") throw new Error(`the other process says ${word}`);
			break;
		}
		await use(child);
	} finally {
		child.kill("SIGKILL");
		await child.exited;
	}
}

function say(word: string): void {
	process.stdout.write(`${word}\n`);
}

if (import.meta.main) {
	const [task, path = ""] = process.argv.slice(2);
	await TASKS[task as Task](path);
}
