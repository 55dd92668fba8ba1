import { expect } from "bun:test";
import { appendFileSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, MAIN } from "./answers.ts";
import { cookieOf, form } from "./forms.ts";
import { DAY, HOUR, MINUTE } from "./ledger.ts";
import { Random } from "./random.ts";
import { type CliHome, homeIn } from "./run-cli.ts";
import { type ServeOptions, ServeProcess } from "./serve-process.ts";
import { TranscriptHistory } from "./transcript-history.ts";
import { until } from "./until.ts";

/** The machines of a team: two are Ada's and have transcripts in common, one is Bob's. */
export const MACHINES = ["laptop", "desktop", "office"] as const;

type Name = (typeof MACHINES)[number];

export type Member = "ada" | "bob";

/** Whose a machine is. */
export const OWNERS: Record<Name, Member> = { laptop: "ada", desktop: "ada", office: "bob" };

/**
 * Makes homes for a team's machines, with usage of long ago and of late, and lets each know who it is: whatever copies
 * these homes then brings the same to a server.
 *
 * @param now epoch ms
 * @param program what collects: the sources, unless told otherwise
 */
export async function prepareMachines(
	folder: string,
	now: number,
	program?: readonly string[],
): Promise<void> {
	const projectsOf = (name: Name) => join(folder, name, ".claude/projects");
	const histories = (["laptop", "office"] as const).map((name, i) => {
		const history = new TranscriptHistory(projectsOf(name), new Random(7 + i));
		for (let step = 0; step < 60; step++) history.step();
		history.finish();
		return history;
	});
	cpSync(projectsOf("laptop"), projectsOf("desktop"), { recursive: true });
	for (const [i, name] of MACHINES.entries()) {
		const times = [20 * DAY, 3 * DAY + HOUR, DAY, 2 * HOUR, 30 * MINUTE].map((ago) => now - ago);
		addAnswers(projectsOf(name), 1_000 * (i + 1), times);
	}
	expect(histories.flatMap((history) => history.written()).length).toBeGreaterThan(4);
	await Promise.all(
		MACHINES.map(async (name) => {
			const done = await homeOf(folder, name, program).cli(["collect", "--no-push"]);
			if (done.code !== 0) throw new Error(`collect on ${name} ended with ${done.code}: ${done.err}`);
		}),
	);
}

/** Adds answers to a transcript that every machine has: their models and branches differ. */
function addAnswers(projects: string, first: number, times: readonly number[]): void {
	const models = ["claude-sonnet-4-5-20250929", "claude-opus-4-5", "gpt-99"];
	const lines = times.map((at, i) =>
		answer(first + i, {
			timestamp: new Date(at).toISOString(),
			model: models[i % models.length],
			branch: i % 2 === 0 ? "main" : "fix/<b>&amp;",
		}),
	);
	const path = join(projects, MAIN);
	mkdirSync(dirname(path), { recursive: true });
	appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

/** A machine's home below a folder. Names of projects go to the server as they are. */
export function homeOf(folder: string, name: Name, program?: readonly string[]): CliHome {
	const env = { MACHINE_ID: name, PROJECT_PATH_PRIVACY: "full" };
	return homeIn(join(folder, name), { env, program });
}

/** A team that sends its usage to one server, all of it through the command line and over HTTP. */
export class TeamRun {
	/** Each person's full key, and the cookie of a browser that is logged in. */
	readonly keys: Record<Member, string> = { ada: "", bob: "" };
	readonly cookies: Record<Member, string> = { ada: "", bob: "" };
	/** What the commands came to, in the order in which they were run. */
	readonly told: string[] = [];

	private constructor(
		readonly folder: string,
		readonly serve: ServeProcess,
	) {}

	/** Starts a server in a folder of its own, and takes the machines' homes there. */
	static async start(machines: string, folder: string, options: ServeOptions): Promise<TeamRun> {
		cpSync(machines, folder, { recursive: true });
		const serve = ServeProcess.in(folder, options);
		await serve.start();
		return new TeamRun(folder, serve);
	}

	/**
	 * From the link that the server prints to the usage of all machines.
	 *
	 * @param late when the last answer came, epoch ms
	 */
	async bringEverything(late: number): Promise<void> {
		await this.makeOwner();
		const { code } = await this.send<{ code: string }>("ada", "/api/invites", { role: "member" });
		const ownAccount = ["--invite", code, "--username", "bob"];
		this.keys.bob = await this.#run("office", ["login", "--server", this.serve.address, ...ownAccount]);
		this.cookies.bob = await this.logIn(this.keys.bob);
		for (const name of ["laptop", "desktop"] as const) {
			await this.#run(name, ["login", this.keys.ada, "--server", this.serve.address, "--yes"]);
		}
		// One after the other: who sends a copy first has it.
		for (const name of MACHINES) await this.#run(name, ["collect"]);
		addAnswers(homeOf(this.folder, "laptop").projects, 5_000, [late]);
		for (const name of MACHINES) {
			await this.#run(name, ["collect", "--json"]);
			expect(JSON.parse(await this.#run(name, ["verify", "--json"]))).toMatchObject({ differences: [] });
		}
	}

	/** Makes the first account by the link that the server printed. */
	async makeOwner(): Promise<void> {
		await until("a set-up link", () => /\/setup\/\S+/.test(this.serve.said));
		const [path = ""] = /\/setup\/\S+/.exec(this.serve.said) ?? [];
		const made = await fetch(`${this.serve.address}${path}`, form({ username: "ada" }));
		expect(made.status).toBe(200);
		this.cookies.ada = cookieOf(made);
		this.keys.ada = /pk_f[0-9A-Za-z]{38}/.exec(await made.text())?.[0] ?? "";
	}

	/** @returns the cookie of a session */
	async logIn(key: string): Promise<string> {
		const answered = await fetch(`${this.serve.address}/login`, { ...form({ key }), redirect: "manual" });
		expect(answered.status).toBe(303);
		return cookieOf(answered);
	}

	/** Sends JSON with a person's key, which has to go well. */
	async send<Reply>(who: Member, path: string, body: unknown): Promise<Reply> {
		const answered = await fetch(`${this.serve.address}${path}`, {
			method: "POST",
			headers: { "x-api-key": this.keys[who], "content-type": "application/json" },
			body: JSON.stringify(body),
		});
		expect(`${path} ${answered.status}`).toBe(`${path} 200`);
		return (await answered.json()) as Reply;
	}

	/** As a browser of a person's that sends the key, too, where keys are taken. */
	headersOf(who: Member): Record<string, string> {
		return { cookie: this.cookies[who], "x-api-key": this.keys[who] };
	}

	machineUuid(name: Name): string {
		return JSON.parse(readFileSync(join(homeOf(this.folder, name).kept, "machine.json"), "utf8")).id;
	}

	/** @returns what the command printed for programs */
	async #run(name: Name, words: readonly string[]): Promise<string> {
		const machine = homeOf(this.folder, name, this.serve.options.program);
		const { code, out, err } = await machine.cli(words);
		if (code !== 0) throw new Error(`${words[0]} on ${name} ended with ${code}: ${err}`);
		this.told.push(`${OWNERS[name]}'s ${name}: ${words.join(" ")}\n${out}${err}`);
		return out.trim();
	}
}
