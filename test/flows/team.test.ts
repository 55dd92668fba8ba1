import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { answer } from "../support/answers.ts";
import { noLimits } from "../support/isolation.ts";
import { HOUR, machineNamed } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { inFolder, NOW } from "../support/scan.ts";
import { serveServer } from "../support/served-server.ts";
import {
	type Delivery,
	deliverShuffled,
	expectUnion,
	TeamMachine,
	type TeamServer,
} from "../support/team.ts";
import { TranscriptHistory } from "../support/transcript-history.ts";

setDefaultTimeout(2 * PATIENCE);

/** Host names that a container has had in its life. */
const HOSTS = runs(12, 100).numRuns;

async function withTeamServer(use: (server: TeamServer) => Promise<void>): Promise<void> {
	const served = await serveServer({ limits: noLimits() });
	try {
		const [alice, bob] = [await served.server.join("alice"), await served.server.join("bob")];
		await use({ ...served, people: { alice, bob } });
		expect(served.server.reported).toEqual([]);
	} finally {
		await served.stop();
	}
}

/** Lines that go on with a session that was copied: they name no directory, so its project stays what it was. */
function goOn(
	machine: TeamMachine,
	session: { id: string; main: string },
	n: number,
	outputs: readonly number[],
): void {
	const timestamp = new Date(NOW - 300 * HOUR + n * HOUR).toISOString();
	const lines = outputs.map((output) =>
		answer(100_000 + n, {
			session: session.id,
			cwd: undefined,
			timestamp,
			usage: { input_tokens: n, output_tokens: output },
		}),
	);
	appendFileSync(join(machine.projects, session.main), lines.map((line) => `${line}\n`).join(""));
}

/** A history whose responses and directories nobody else's has. */
function historyApart(projects: string, random: Random): TranscriptHistory {
	const history = new TranscriptHistory(projects, random, ["/home/bob/site", "/home/bob/api.v2"]);
	for (let n = 0; n < 200_000; n++) history.number();
	return history;
}

test("two people with five machines, copies and copies of copies: every total is that of all transcripts together", async () => {
	await forSeeds(runs(1, 20).numRuns, (seed) =>
		inFolder((folder) =>
			withTeamServer(async (server) => {
				const random = new Random(seed);
				const claudeOf = (name: string) => join(folder, name);
				// Two hosts under one name.
				const laptop = await TeamMachine.start("alice", claudeOf("laptop"), machineNamed("work", 1));
				const desktop = await TeamMachine.start("alice", claudeOf("desktop"), machineNamed("work", 2));
				const container = await TeamMachine.start("alice", claudeOf("container"), machineNamed("c", 3));
				// Two hosts that one PromptPulse folder was copied to.
				const office = await TeamMachine.start("bob", claudeOf("office"), machineNamed("bob", 4));
				const home = await TeamMachine.start("bob", claudeOf("home"), machineNamed("bob", 4));
				const machines = [laptop, desktop, container, office, home];
				const bring = async (some: readonly TeamMachine[]) => {
					await Promise.all(
						some.map(async (machine) => {
							await machine.collect();
							expect(await machine.push(server, random)).toMatchObject({ unsent: 0, setAside: {} });
						}),
					);
				};

				const first = new TranscriptHistory(laptop.projects, random);
				const second = historyApart(home.projects, random);
				cpSync(join(import.meta.dir, "../fixtures/claude"), container.claude, { recursive: true });
				for (let round = 0; round < 6; round++) {
					for (let step = 0; step < 6; step++) for (const history of [first, second]) history.step();
					await bring([laptop, home]);
				}
				for (const history of [first, second]) history.finish();
				await bring([laptop, home]);

				// Bob works on with Alice's transcripts too: the same responses, and his own copy of each.
				for (const copy of [desktop, office]) cpSync(laptop.claude, copy.claude, { recursive: true });
				for (let n = 0; n < 24; n += 2) {
					const session = random.pick(first.sessions.filter(({ main }) => first.written().includes(main)));
					goOn(random.pick([laptop, desktop, office]), session, n, [1, 20]);
					// Copied while it was written.
					goOn(laptop, session, n + 1, [1, 2, 30]);
					goOn(desktop, session, n + 1, [1]);
					if (n % 6 === 0) await bring([laptop, desktop, office]);
				}

				const everywhere = [...machines];
				for (let host = 0; host < HOSTS; host++) {
					const label = Math.floor(random.next() * 2 ** 48).toString(16);
					container.machine = { ...container.machine, label };
					await bring([container]);
					if (host % 4 > 0) continue;
					// One that is thrown away, with all that PromptPulse kept in it.
					const thrownAway = machineNamed(label, 100 + host);
					everywhere.push(await TeamMachine.start("alice", container.claude, thrownAway));
				}
				await bring(everywhere);
				await expectUnion(server, everywhere);

				const sent: Delivery[] = [];
				for (const machine of everywhere) await machine.pushAgain(server, sent);
				expect(sent.length).toBeGreaterThan(2 * machines.length);
				await deliverShuffled(server, sent, random);
				await expectUnion(server, everywhere);
				for (const machine of everywhere) {
					expect(await machine.verify(server)).toMatchObject({ differences: [], unsent: 0, setAside: 0 });
				}

				await withTeamServer(async (other) => {
					await deliverShuffled(other, sent, random);
					await expectUnion(other, everywhere);
				});
			}),
		),
	);
});

test("who sends a response learns nothing of others who have it too, and each has an own copy", async () => {
	await inFolder((folder) =>
		withTeamServer(async (server) => {
			cpSync(join(import.meta.dir, "../fixtures/claude"), folder, { recursive: true });
			const hers = await TeamMachine.start("alice", folder, machineNamed("hers", 1));
			const his = await TeamMachine.start("bob", folder, machineNamed("his", 2));
			for (const machine of [hers, his]) await machine.collect();
			const toldHer = await hers.push(server);
			expect(toldHer.sent).toBeGreaterThan(0);
			expect(await his.push(server)).toEqual(toldHer);
			await expectUnion(server, [hers, his]);

			await server.server.db.run("delete from events where user = ?", [server.people.alice.account.user]);
			expect(await his.verify(server)).toMatchObject({ differences: [], known: 0 });
			expect((await hers.verify(server)).differences).not.toEqual([]);
		}),
	);
});
