import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import { SHORT } from "./cloud-trouble.ts";
import { NOW } from "./ledger.ts";
import { TroubledChanges } from "./troubled-changes.ts";
import { TroubledTeam } from "./troubled-team.ts";
import { workTogether } from "./troubled-work.ts";

/** What a process told of its work: its uploads, and errors that nobody had expected. */
export type Told = { uploads: number; reported: string[] };

/** How it ended, with all that it printed to stderr; `told` is there if it came to its end by itself. */
export type Ended = { exitCode: number; printed: string; told: Told | undefined };

/** An exit code that says: something was thrown that nobody caught. */
const UNCAUGHT = 70;
const READY = "ready\n";

/**
 * Lets a team work in a process of its own, on a ledger that is there. Whatever is thrown there and caught by nobody
 * ends it at once; otherwise it ends when nothing is left to do.
 *
 * @param meanwhile begins when the team is about to work; the team stops when it is over. Of a process that has died
 * nothing is to be waited for
 */
export async function workInProcess(
	url: string,
	seed: number,
	meanwhile: (isAlive: () => boolean) => Promise<void>,
): Promise<Ended> {
	const child = Bun.spawn([process.execPath, import.meta.path, url, String(seed)], {
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
	});
	const printed = child.stderr.text();
	const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
	let text = "";
	const readUntil = async (hasCome: () => boolean) => {
		while (!hasCome()) {
			const { done, value } = await reader.read();
			if (done) return;
			text += value;
		}
	};
	try {
		await readUntil(() => text.includes(READY));
		await meanwhile(() => child.exitCode === null);
		child.stdin.end();
		await readUntil(() => false);
	} catch (error) {
		child.kill("SIGKILL");
		throw error;
	}
	const exitCode = await child.exited;
	const last = text.split(READY)[1] ?? "";
	return { exitCode, printed: await printed, told: last === "" ? undefined : (JSON.parse(last) as Told) };
}

async function work(url: string, seed: number): Promise<void> {
	const db = await openCloudLedger(url, SHORT, NOW);
	const team = await TroubledTeam.gather(seed, { db });
	const changes = new TroubledChanges(team.server, team.owner);
	let isEnough = false;
	const told = new Response(Bun.stdin.stream()).text().then(() => {
		isEnough = true;
	});
	process.stdout.write(READY);
	const sent = await workTogether(team, changes, () => isEnough);
	await told;
	team.server.server.close();
	await db.close();
	const uploads = sent.reduce((sum, count) => sum + count, 0);
	process.stdout.write(
		JSON.stringify({ uploads, reported: team.server.reported.map(String) } satisfies Told),
	);
}

if (import.meta.main) {
	for (const event of ["unhandledRejection", "uncaughtException"]) {
		process.on(event, (error) => {
			console.error(event, error);
			process.exit(UNCAUGHT);
		});
	}
	const [url = "", seed] = process.argv.slice(2);
	await work(url, Number(seed));
}
