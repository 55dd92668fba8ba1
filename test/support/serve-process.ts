import { onTestFinished } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { saveAccount } from "../../src/ledger/accounts.ts";
import { saveNewKey } from "../../src/ledger/api-keys.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { PROGRAM } from "./program.ts";
import { environmentOf } from "./run-cli.ts";

/** A key, and the number in the ledger of whom it belongs to. */
export type Uploader = { user: number; key: string };

/** What of a server is not as usual. */
export type ServeOptions = {
	/** In place of `server.db` in its folder. */
	databaseUrl?: string | undefined;
	/** Over the clean environment; only errors are logged unless it says so. */
	env?: Record<string, string> | undefined;
	/** The sources, unless told otherwise. */
	program?: readonly string[] | undefined;
};

/** `promptpulse serve` as a process of its own, on a ledger in a folder, which can be killed and started anew. */
export class ServeProcess {
	/** What it has printed since it was started, up to now. */
	said = "";
	#child: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
	#told: Promise<string> = Promise.resolve("");

	private constructor(
		readonly folder: string,
		readonly port: number,
		readonly options: ServeOptions = {},
	) {}

	/** One that is not started yet, and whose ledger is as it is. */
	static in(folder: string, options: ServeOptions = {}): ServeProcess {
		const serve = new ServeProcess(folder, freePort(), options);
		// A test that fails does not come to where it ends it.
		onTestFinished(() => serve.#child?.kill("SIGKILL"));
		return serve;
	}

	/** Makes people with accounts and starts a server for them. */
	static async startFor(
		folder: string,
		people: number,
	): Promise<{ serve: ServeProcess; uploaders: Uploader[] }> {
		const serve = ServeProcess.in(folder);
		const db = await openLedger(serve.database, Date.now());
		const uploaders: Uploader[] = [];
		for (let i = 0; i < people; i++) uploaders.push(await makeUploader(db, `person-${i}`));
		await db.close();
		await serve.start();
		return { serve, uploaders };
	}

	get database(): string {
		return join(this.folder, "server.db");
	}

	get address(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	get pid(): number {
		return this.#child?.pid ?? 0;
	}

	async start(): Promise<void> {
		const { databaseUrl = this.database, env, program = PROGRAM } = this.options;
		const child = Bun.spawn([...program, "serve", "--port", String(this.port)], {
			cwd: this.folder,
			env: environmentOf({
				home: this.folder,
				env: { LOG_LEVEL: "error", DATABASE_URL: databaseUrl, ...env },
			}),
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		this.#child = child;
		this.said = "";
		const read = async (stream: ReadableStream<Uint8Array>) => {
			const decoder = new TextDecoder();
			let text = "";
			for await (const bytes of stream) {
				const piece = decoder.decode(bytes, { stream: true });
				text += piece;
				this.said += piece;
			}
			return text;
		};
		this.#told = Promise.all([read(child.stdout), read(child.stderr)]).then((texts) => texts.join(""));
		while (!(await answers(`${this.address}/livez`))) {
			if (child.exitCode !== null) throw new Error(`the server ended: ${await this.#told}`);
			await Bun.sleep(20);
		}
	}

	/** Ends it by a signal, waits, and gives its exit code. */
	async end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number> {
		const child = this.#child;
		if (!child) throw new Error("no server was started");
		child.kill(signal);
		return child.exited;
	}

	/** What it printed, once it has ended. */
	told(): Promise<string> {
		return this.#told;
	}

	/** Resident memory in bytes, and how many descriptors are open. */
	holds(): { bytes: number; descriptors: number } {
		const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
		return {
			bytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024,
			descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
		};
	}
}

/** Makes a person with a key that may do everything. */
export async function makeUploader(db: Database, username: string): Promise<Uploader> {
	return db.transaction(async (tx) => {
		const account = await saveAccount(tx, { username, role: "member" }, Date.now());
		if (typeof account === "string") throw new Error(`the ${account} is taken`);
		const kind = { kind: "full", name: "test", expiresAt: null } as const;
		const { text } = await saveNewKey(tx, account.user, kind, Date.now());
		return { user: account.user, key: text };
	});
}

/** A port that nobody listens on at the moment. */
export function freePort(): number {
	const probe = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: () => new Response(null, { status: 503 }),
	});
	const port = Number(probe.port);
	void probe.stop(true);
	return port;
}

async function answers(url: string): Promise<boolean> {
	try {
		return (await fetch(url)).ok;
	} catch {
		return false;
	}
}
