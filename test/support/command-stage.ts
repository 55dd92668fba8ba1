import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "./answers.ts";
import { ccusageOutput } from "./importing.ts";
import { ENDLESS, mischievous, turning, WIDE } from "./neutral.ts";
import { type CliResult, environmentOf } from "./run-cli.ts";
import { writeTranscripts } from "./transcript.ts";

/** A home with something to do for every command, and all around it. It is a copy, so that it may be changed. */
export type Place = {
	home: string;
	env: Record<string, string>;
	/** A file beside the home's own. */
	file(name: string): string;
	/** Somebody who has an account in the server's ledger that is kept here. */
	person: string;
	/** A path that rules can be made for. */
	project: string;
	server: Served;
};

/** A server that this machine is logged in at. */
export type Served = { origin: string; key: string };

/** How a command is run: into pipes, or at a terminal, where stderr goes to the screen too or into a file. */
export type Run = {
	columns?: number | undefined;
	isErrSeen?: boolean | undefined;
	env?: Record<string, string> | undefined;
	/** It runs until it is told to stop, as soon as this was printed. */
	until?: string | undefined;
	/** What a person types, once this was printed. */
	types?: readonly [seen: string, typed: string] | undefined;
};

/** A crontab takes no name with line breaks. */
const QUIET = { MACHINE_ID: "laptop" };
const TOOLS = ["crontab", "systemctl", "loginctl", "launchctl", "schtasks"];
const PATIENCE_MS = 60_000;

/** Where commands run: one home that is made once, and copies of it. */
export class Stage {
	#copies = 0;

	private constructor(
		readonly folder: string,
		readonly program: string,
		readonly isHostile: boolean,
		readonly server: Served,
	) {}

	/**
	 * Makes the home by the commands themselves.
	 *
	 * @param folder empty
	 * @param isHostile every name in it means mischief: of folders, branches, models, machines, people
	 */
	static async make(folder: string, program: string, isHostile: boolean, server: Served): Promise<Stage> {
		const stage = new Stage(folder, program, isHostile, server);
		const place = stage.#placeIn(join(folder, "first"));
		stage.#furnish(place);
		const { home, file, person, project } = place;
		const steps: [words: string[], code?: number, env?: Record<string, string>][] = [
			[["login", server.key, "--server", server.origin]],
			[["collect"], isHostile ? 5 : 0],
			[["import", "ccusage", file("ccusage.json"), "--yes", "--machine", stage.#named("old desktop")]],
			[["user", "create", "ada", "--email", "ada@example.com"]],
			[["user", "create", "bob"]],
			[["invite", "create"]],
			[["config", "project", project, "--alias", isHostile ? turning("the work") : "the work"]],
			[["setup", "--scheduler", "cron"], 0, QUIET],
			[["setup", "--hook"]],
			[["backup", file("copy.db")]],
		];
		for (const [words, expected = 0, env] of steps) {
			const { code, err } = await stage.run(place, words, { env });
			if (code !== expected) throw new Error(`${words.join(" ")} ended with ${code}: ${err}`);
		}
		await renameBob(join(home, ".promptpulse/server.db"), person, stage.#named("bob@example.com"));
		return stage;
	}

	/** A copy of its own. */
	place(): Place {
		this.#copies++;
		const root = join(this.folder, String(this.#copies));
		cpSync(join(this.folder, "first"), root, { recursive: true, verbatimSymlinks: true });
		return this.#placeIn(root);
	}

	async run(place: Place, words: readonly string[], how: Run = {}): Promise<CliResult> {
		const env = { ...environmentOf({ home: place.home, env: place.env }), ...how.env };
		const { columns } = how;
		if (columns === undefined) return intoPipes([this.program, ...words], place.home, env, how);
		const errors = how.isErrSeen ? undefined : place.file("errors");
		const through = errors === undefined ? [] : ["/bin/sh", "-c", 'exec "$0" "$@" 2>"$ERRORS"'];
		const all = { TERM: "xterm", ...env, ...(errors !== undefined && { ERRORS: errors }) };
		const { code, out } = await atTerminal([...through, this.program, ...words], place.home, all, how);
		return { code, out, err: errors === undefined ? "" : readFileSync(errors, "utf8") };
	}

	#placeIn(root: string): Place {
		// cron and the like take no line breaks.
		const home = join(root, this.isHostile ? turning("home") : "home");
		return {
			home,
			env: {
				PATH: join(root, "bin"),
				SCHEDULERS_STATE: join(root, "state"),
				MACHINE_ID: this.#named("laptop"),
			},
			file: (name) => join(home, this.#named(name)),
			person: this.#named("bob"),
			project: this.isHostile ? turning("/home/dev/work") : "/home/dev/work",
			server: this.server,
		};
	}

	#named(name: string): string {
		return this.isHostile ? mischievous(name) : name;
	}

	/** Whatever the commands need that commands do not make. */
	#furnish({ home, env, file }: Place): void {
		mkdirSync(home, { recursive: true });
		for (const path of [env.PATH ?? "", env.SCHEDULERS_STATE ?? ""]) mkdirSync(path, { recursive: true });
		for (const tool of TOOLS)
			symlinkSync(join(import.meta.dir, "schedulers", tool), join(env.PATH ?? "", tool));
		const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
		const names = this.isHostile ? [this.#named("shop"), ENDLESS, WIDE] : ["shop", "website", "notes"];
		writeTranscripts(join(home, ".claude/projects"), {
			[MAIN]: [1, 2, 60, 3_000, 90_000].flatMap((minutes, at) =>
				names.map((name, n) =>
					answer(at * 10 + n, {
						timestamp: minutesAgo(minutes + n),
						session: `${at}${n}000000-1111-4111-8111-111111111111`,
						cwd: `/home/dev/${name}`,
						branch: name,
						model: n === 2 ? "claude-opus-4-5-20251101" : n === 1 ? "claude-haiku-4-5" : name,
						usage: { input_tokens: 12_345_678, cache_read_input_tokens: 987_654_321 },
					}),
				),
			),
		});
		writeFileSync(file("ccusage.json"), JSON.stringify(this.#ccusage()));
		writeFileSync(file("predecessor.json"), JSON.stringify({ daily: [this.#formerDay()], totals: {} }));
	}

	/** Sessions as ccusage tells them; it is their ids that may say anything. */
	#ccusage(): object {
		const told = ccusageOutput("v18-session");
		for (const session of told.sessions) {
			session.sessionId = this.#named(session.sessionId);
			for (const part of session.modelBreakdowns) part.modelName = this.#named(part.modelName);
			session.modelsUsed = session.modelsUsed.map((name: string) => this.#named(name));
		}
		return told;
	}

	#formerDay(): object {
		return {
			machine_id: this.#named("desktop"),
			date: "2026-03-02",
			input_tokens: 1,
			output_tokens: 2,
			cache_creation_tokens: 3,
			cache_read_tokens: 4,
			total_tokens: 10,
			total_cost: 0.5,
			models_used: [this.#named("claude-opus-4-20250514")],
		};
	}
}

/** As whoever can write the server's ledger could: no command takes such names. */
async function renameBob(path: string, username: string, email: string): Promise<void> {
	const db = openSqlite(path);
	await db.run("update accounts set username = ?, email = ? where username = 'bob'", [username, email]);
	await db.close();
}

type Environment = Record<string, string>;

/** Ctrl-C, once, when a text has come; and the end of a process that does not end. */
function stopping(child: Bun.Subprocess, until: string | undefined) {
	const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
	let isTold = until === undefined;
	return {
		seen(text: string) {
			if (isTold || until === undefined || !text.includes(until)) return;
			isTold = true;
			child.kill("SIGINT");
		},
		ended: () => clearTimeout(patience),
	};
}

async function intoPipes(
	command: string[],
	cwd: string,
	env: Environment,
	{ until }: Run,
): Promise<CliResult> {
	const child = Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
	const stop = stopping(child, until);
	const read = async (stream: ReadableStream<Uint8Array>) => {
		let text = "";
		const decoder = new TextDecoder();
		for await (const bytes of stream) {
			text += decoder.decode(bytes, { stream: true });
			stop.seen(text);
		}
		return text;
	};
	const [out, err, code] = await Promise.all([read(child.stdout), read(child.stderr), child.exited]);
	stop.ended();
	return { code, out, err };
}

async function atTerminal(
	command: string[],
	cwd: string,
	env: Environment,
	{ columns = 80, until, types }: Run,
): Promise<{ code: number; out: string }> {
	let out = "";
	let toType = types;
	const decoder = new TextDecoder();
	const child = Bun.spawn(command, {
		cwd,
		env,
		terminal: {
			cols: columns,
			rows: 50,
			data(terminal, bytes) {
				out += decoder.decode(bytes, { stream: true });
				stop.seen(out);
				if (!toType || !out.includes(toType[0])) return;
				terminal.write(toType[1]);
				toType = undefined;
			},
		},
	});
	const stop = stopping(child, until);
	const code = await child.exited;
	stop.ended();
	child.terminal?.close();
	return { code, out };
}
