import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "../../src/ledger/database.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type CuttingProxy, withProxy } from "../support/cutting-proxy.ts";
import { DAY, dumpLedger, HOUR, machineNamed } from "../support/ledger.ts";
import { countNaively, type NaiveCount } from "../support/naive-count.ts";
import { pushTo } from "../support/pushing.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { collectFrom, emptyLedger, inFolder, NOW } from "../support/scan.ts";
import { TranscriptHistory } from "../support/transcript-history.ts";
import { type UsageServer, withServer } from "../support/usage-server.ts";

setDefaultTimeout(PATIENCE);

/** What the server's reports say is what a reader of the transcripts counts that shares no code with us. */
async function expectEqual(server: UsageServer, projects: string): Promise<void> {
	const counted: NaiveCount = countNaively(projects);
	expect(await countByReports(server.db, counted.lines)).toEqual(counted);
	expect(counted.total.responses).toBeGreaterThan(0);
}

function addLines(projects: string, path: string, ...lines: string[]): void {
	mkdirSync(dirname(join(projects, path)), { recursive: true });
	appendFileSync(join(projects, path), lines.map((line) => `${line}\n`).join(""));
}

function answerAt(n: number, at: number): string {
	return answer(n, { timestamp: new Date(at).toISOString() });
}

type Trouble = (server: UsageServer, proxy: CuttingProxy, random: Random) => void | Promise<void>;

/** A push tries five times: some of these it gets over, some not. */
const TROUBLES: Trouble[] = [
	() => {},
	(_server, proxy, random) => proxy.plan(...several(random, () => ({ answer: 0 }))),
	(_server, proxy, random) => proxy.plan(...several(random, () => ({ answer: random.integer(0, 400) }))),
	(_server, proxy, random) => proxy.plan(...several(random, () => ({ request: random.integer(0, 3_000) }))),
	(server) => server.restore(),
	(server, _proxy, random) => {
		let failures = random.integer(1, 8);
		server.behaviour = (_request, answer) =>
			failures-- > 0 ? new Response(null, { status: 500 }) : answer();
	},
];

function several<Item>(random: Random, make: () => Item): Item[] {
	return Array.from({ length: random.integer(1, 8) }, make);
}

test("whatever befalls pushes, in the end the server has exactly what the transcripts say", async () => {
	await forSeeds(runs(8).numRuns, async (seed) => {
		await inFolder((claude) =>
			withServer((server) =>
				withProxy(server.port, async (proxy) => {
					const random = new Random(seed);
					const projects = join(claude, "projects");
					const history = new TranscriptHistory(projects, random);
					const db = await emptyLedger();
					for (let round = 0; round < 12; round++) {
						for (let steps = random.integer(1, 12); steps > 0; steps--) history.step();
						await collectFrom(db, claude);
						await random.pick(TROUBLES)(server, proxy, random);
						await pushTo(db, proxy.address);
						proxy.plan();
						server.behaviour = (_request, answer) => answer();
					}
					history.finish();
					// A server that was restored is found when there is something new to send.
					addLines(projects, MAIN, answerAt(1_000_000, history.now));
					await collectFrom(db, claude);
					expect(await pushTo(db, proxy.address)).toMatchObject({ unsent: 0, stop: undefined, setAside: {} });
					await expectEqual(server, projects);
				}),
			),
		);
	});
});

test("an answer that is lost costs nothing but a repetition", async () => {
	await inFolder((claude) =>
		withServer((server) =>
			withProxy(server.port, async (proxy) => {
				const db = await emptyLedger();
				const projects = join(claude, "projects");
				const times = runs(20, 1_000).numRuns;
				for (let n = 0; n < times; n++) {
					addLines(projects, MAIN, answer(n));
					await collectFrom(db, claude);
					proxy.plan({ answer: 0 });
					expect(await pushTo(db, proxy.address)).toMatchObject({ unsent: 0, stop: undefined });
				}
				expect(proxy.cuts).toBe(times);
				await expectEqual(server, projects);
			}),
		),
	);
});

test("after an outage of a week of collects, each of which tried, one push brings the server to date", async () => {
	await inFolder((claude) =>
		withServer(async (server) => {
			const db = await emptyLedger();
			const projects = join(claude, "projects");
			server.behaviour = () => new Response(null, { status: 503 });
			const times = runs(60, 672).numRuns;
			for (let n = 0; n < times; n++) {
				addLines(projects, MAIN, answerAt(n, NOW - 7 * DAY + n * (HOUR / 4)));
				await collectFrom(db, claude);
				expect(await pushTo(db, server.address)).toMatchObject({ sent: 0, unsent: n + 1 });
			}
			server.behaviour = (_request, answer) => answer();
			expect(await pushTo(db, server.address)).toMatchObject({ sent: times, unsent: 0 });
			await expectEqual(server, projects);
		}),
	);
});

test("an outage of 45 days loses nothing of the transcripts that were swept after 30", async () => {
	await inFolder((folder) =>
		withServer(async (server) => {
			const db = await emptyLedger();
			const [claude, everything] = [join(folder, "claude"), join(folder, "everything")];
			server.behaviour = () => new Response(null, { status: 502 });
			for (let day = 0; day < 45; day++) {
				const path = (of: number) => `-home-dev-app/day-${of}.jsonl`;
				const lines = [0, 1].map((n) =>
					answer(day * 2 + n, {
						timestamp: new Date(NOW + day * DAY + n * HOUR).toISOString(),
						session: `day-${day}`,
					}),
				);
				addLines(join(claude, "projects"), path(day), ...lines);
				addLines(everything, path(day), ...lines);
				rmSync(join(claude, "projects", path(day - 30)), { force: true });
				await collectFrom(db, claude, { now: NOW + day * DAY });
				await pushTo(db, server.address, { now: () => NOW + day * DAY });
			}
			server.behaviour = (_request, answer) => answer();
			expect(await pushTo(db, server.address)).toMatchObject({ sent: 90, unsent: 0 });
			await expectEqual(server, everything);
		}),
	);
});

test("when all transcripts are gone, further collects change nothing at the server, --full ones neither", async () => {
	await inFolder((claude) =>
		withServer(async (server) => {
			const db = await emptyLedger();
			cpSync(join(import.meta.dir, "../fixtures/claude"), claude, { recursive: true });
			await collectFrom(db, claude);
			await pushTo(db, server.address);
			const history = await dumpLedger(server.db);
			expect(history.events.length).toBeGreaterThan(0);
			rmSync(join(claude, "projects"), { recursive: true });
			for (let n = 0; n < 10; n++) {
				await collectFrom(db, claude, { full: n > 4 });
				expect(await pushTo(db, server.address, { resend: n === 9 })).toMatchObject({ sent: 0, unsent: 0 });
			}
			expect(await dumpLedger(server.db)).toEqual(history);
		}),
	);
});

test.each([2, 5])(
	"a ~/.claude that was copied to %d machines and went on there is counted as its union, once",
	async (count) => {
		await forSeeds(runs(1, 50).numRuns, async (seed) => {
			await inFolder((folder) =>
				withServer(async (server) => {
					const random = new Random(seed);
					const original = join(folder, "original");
					const history = new TranscriptHistory(join(original, "projects"), random);
					for (let n = 0; n < 30; n++) history.step();
					history.finish();
					const union = join(folder, "union");
					cpSync(join(original, "projects"), union, { recursive: true });
					const machines = await Promise.all(
						Array.from({ length: count }, async (_, n) => {
							const claude = join(folder, `machine-${n}`);
							cpSync(original, claude, { recursive: true });
							return {
								claude,
								number: n,
								machine: machineNamed(`machine ${n}`, n + 1),
								db: await emptyLedger(),
							};
						}),
					);
					for (let round = 0; round < 6; round++) {
						const { claude, number, machine, db } = random.pick(machines);
						const { id, folder: own, main } = random.pick(history.sessions);
						const line = answer(1_000 + round, {
							session: id,
							// Each machine settles projects by the directories that its own lines name.
							cwd: undefined,
							timestamp: new Date(NOW + round * HOUR).toISOString(),
						});
						addLines(join(claude, "projects"), main, line);
						addLines(union, `${own}/${number}-${id}.jsonl`, line);
						await collectFrom(db, claude, { machine });
						await pushTo(db, server.address, { machine });
					}
					for (const { claude, machine, db } of machines) {
						await collectFrom(db, claude, { machine });
						expect(await pushTo(db, server.address, { machine })).toMatchObject({ unsent: 0 });
					}
					const { lines: _, ...counted } = countNaively(union);
					expect(await countByReports(server.db, 0)).toEqual({ lines: 0, ...counted });
				}),
			);
		});
	},
);

test.each([
	["ten years behind", -3_650 * DAY, 20],
	["right", 0, 1],
	["ten years ahead", 3_650 * DAY, 0],
])(
	"a clock that is %s changes no time; what lies ahead of it is counted and told",
	async (_what, off, ahead) => {
		await inFolder((claude) =>
			withServer(async (server) => {
				const projects = join(claude, "projects");
				const times = Array.from({ length: 19 }, (_, n) => NOW - n * HOUR);
				addLines(projects, MAIN, ...[...times, NOW + 365 * DAY].map((at, n) => answerAt(n, at)));
				const db: Database = await emptyLedger();
				const { scan } = await collectFrom(db, claude, { now: NOW + off });
				expect(scan.inFuture).toBe(ahead);
				expect(await pushTo(db, server.address, { now: () => NOW + off })).toMatchObject({
					sent: 20,
					unsent: 0,
				});
				await expectEqual(server, projects);
			}),
		);
	},
);
