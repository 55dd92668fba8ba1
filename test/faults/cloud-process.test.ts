import { expect, setDefaultTimeout, test } from "bun:test";
import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import { clearFaults, countFaults, makeTrouble, PATIENT } from "../support/cloud-trouble.ts";
import { NOW } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { workInProcess } from "../support/troubled-process.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(3_600_000);

const SEEDS = runs(1, 5).numRuns;
/** Of each way to end: a hundred of both, and with `FAULTS=full` a thousand of each. */
const FAULTS = runs(50, 1_000).numRuns;

test.each([
	["works on when all is well again", false],
	["ends in the midst of it", true],
])("a process lives through all trouble, and %s", (_how, endsInTrouble) =>
	forSeeds(SEEDS, async (seed) => {
		await using cloud = await CloudServer.start({ busyMs: 100 });
		const patient = await openCloudLedger(cloud.url(), PATIENT, NOW);
		const random = new Random(seed);
		let calm = () => {};
		const { exitCode, printed, told } = await workInProcess(cloud.url(), seed, async (isAlive) => {
			await closeDoors(cloud, random, isAlive);
			calm = makeTrouble(cloud, random);
			while (isAlive() && countFaults(cloud) < FAULTS) await Bun.sleep(20);
			if (endsInTrouble) return;
			calm();
			const before = await countEvents();
			const isKept = async () => !isAlive() || (await countEvents()) > before;
			await until("uploads are kept again", isKept);
		}).finally(() => calm());

		async function countEvents(): Promise<number> {
			return (await patient.get<{ n: number }>("select count(*) as n from events"))?.n ?? 0;
		}

		calm();
		expect({ printed, exitCode, reported: told?.reported }).toEqual({
			printed: "",
			exitCode: 0,
			reported: [],
		});
		expect(await countEvents()).toBeGreaterThanOrEqual((told?.uploads ?? 0) * 5);
		await patient.close();
		expect(cloud.violations).toEqual([]);
	}),
);

/** Ends connections at each step of their opening, and those that are open along with them. */
async function closeDoors(cloud: CloudServer, random: Random, isAlive: () => boolean): Promise<void> {
	for (const refuse of ["handshake", "login"] as const) {
		const wanted = cloud.injected.refuse + FAULTS;
		cloud.faults.refuse = refuse;
		while (isAlive() && cloud.injected.refuse < wanted) {
			cloud.dropAll();
			await Bun.sleep(random.integer(0, 5));
		}
		clearFaults(cloud);
	}
	// Without a refusal: wherever their handshake or log-in stands at the moment.
	for (let time = 0; time < FAULTS; time++) {
		cloud.dropAll();
		await Bun.sleep(random.integer(0, 5));
	}
}
