import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { answer, MAIN } from "../support/answers.ts";
import { withProxy } from "../support/cutting-proxy.ts";
import { countNaively } from "../support/naive-count.ts";
import { Random } from "../support/random.ts";
import { countByReports } from "../support/reports.ts";
import { type CliHome, inHome, startCli } from "../support/run-cli.ts";
import { runs } from "../support/runs.ts";
import { NOW } from "../support/scan.ts";
import { type Behaviour, KEY, type UsageServer, withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine, and many are started. */
setDefaultTimeout(1_800_000);

const KILLS = runs(12, 500).numRuns;
/** Longer than a collect takes at most; so some are killed at their very beginning and some not at all. */
const LONGEST = 900;

type Kill = () => void;

/** Kills as an upload comes, when it is kept and not answered, a little after the answer, or whenever it may be. */
const MOMENTS: ((random: Random, kill: Kill) => Behaviour | undefined)[] = [
	(random, kill) => {
		setTimeout(kill, random.integer(0, LONGEST));
		return undefined;
	},
	(_random, kill) => (_request, answer) => {
		kill();
		return answer();
	},
	(_random, kill) => async (_request, answer) => {
		const response = await answer();
		kill();
		return response;
	},
	(random, kill) => async (_request, answer) => {
		const response = await answer();
		setTimeout(kill, random.integer(0, 20));
		return response;
	},
];

function environmentOf(address: string): Record<string, string> {
	return { PROMPTPULSE_SERVER: address, PROMPTPULSE_API_KEY: KEY, PROJECT_PATH_PRIVACY: "full" };
}

/**
 * Lets one collect after the other be killed while transcripts grow.
 *
 * @returns how many were not quicker than that
 */
async function killMany(
	home: CliHome,
	server: UsageServer,
	address: string,
	random: Random,
): Promise<number> {
	let number = 0;
	let killed = 0;
	for (let kills = 0; kills < KILLS; kills++) {
		const path = join(home.projects, random.pick([MAIN, "-home-dev-web/other.jsonl"]));
		mkdirSync(dirname(path), { recursive: true });
		const lines = Array.from({ length: random.integer(1, 60) }, () => `${answer(number++)}\n`);
		appendFileSync(path, lines.join(""));
		const child = startCli(["collect"], { home: home.home, env: environmentOf(address) });
		const ordinary = server.behaviour;
		const moment = random.pick(MOMENTS)(random, () => child.kill("SIGKILL"));
		if (moment) {
			server.behaviour = (request, answer) =>
				request.url.endsWith("/events") ? moment(request, answer) : answer();
		}
		await child.exited;
		if (child.signalCode === "SIGKILL") killed++;
		server.behaviour = ordinary;
	}
	return killed;
}

/** One collect that nothing hinders: both ledgers have what is in the transcripts, and nothing waits. */
async function expectEqual(home: CliHome, server: UsageServer, address: string): Promise<void> {
	const { code, out } = await home.cli(["collect", "--json"], { env: environmentOf(address) });
	expect({ code, unsent: JSON.parse(out).push.unsent }).toEqual({ code: 0, unsent: 0 });
	const counted = countNaively(home.projects);
	const db = await openLedger(join(home.kept, "ledger.db"), NOW);
	expect(await countByReports(db, counted.lines)).toEqual(counted);
	expect(await countByReports(server.db, counted.lines)).toEqual(counted);
	expect(await db.all("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
	await db.close();
}

test(`${KILLS} collects that were killed anywhere while they sent, and one that was not, come to the transcripts' count`, async () => {
	await withServer((server) =>
		inHome({}, async (home) => {
			expect(await killMany(home, server, server.address, new Random(1))).toBeGreaterThan(0);
			await expectEqual(home, server, server.address);
		}),
	);
});

test(`so do ${KILLS} through a network that cuts connections anywhere`, async () => {
	await withServer((server) =>
		withProxy(server.port, (proxy) =>
			inHome({}, async (home) => {
				const random = new Random(2);
				proxy.plan(
					...Array.from({ length: KILLS }, () =>
						random.pick([{ request: random.integer(0, 9_000) }, { answer: random.integer(0, 600) }, {}]),
					),
				);
				expect(await killMany(home, server, proxy.address, random)).toBeGreaterThan(0);
				expect(proxy.cuts).toBeGreaterThan(0);
				proxy.plan();
				await expectEqual(home, server, proxy.address);
			}),
		),
	);
});
