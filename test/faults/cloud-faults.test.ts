import { expect, setDefaultTimeout, test } from "bun:test";
import type { CloudDatabase } from "../../src/ledger/cloud/cloud-database.ts";
import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { countFaults, makeTrouble, PATIENT, SHORT } from "../support/cloud-trouble.ts";
import { type Dump, dumpLedger, NOW, type Row } from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { TroubledChanges } from "../support/troubled-changes.ts";
import { TroubledTeam, zoneOf } from "../support/troubled-team.ts";
import { changeTogether, workTogether } from "../support/troubled-work.ts";

setDefaultTimeout(3_600_000);

const SEEDS = runs(2, 10).numRuns;
/** Of each seed: a hundred of all of them, and with `FAULTS=full` a thousand of each. */
const FAULTS = runs(50, 1_000).numRuns;

/** A ledger on a server of its own, with nobody in it. */
async function openThere(cloud: CloudServer): Promise<CloudDatabase> {
	const patient = await openCloudLedger(cloud.url(), PATIENT, NOW);
	await patient.close();
	return openCloudLedger(cloud.url(), SHORT, NOW);
}

/** What is known of some people's usage, those left out that came by an invite. */
async function dumpOf(db: Database, { people }: TroubledTeam): Promise<Dump> {
	const dump = await dumpLedger(db);
	const users = people.map(({ account }) => account.user);
	return { ...dump, users: dump.users.filter(({ id, user }) => users.includes(Number(user ?? id))) };
}

test("uploads that were acknowledged under any trouble are there once, and with them all sums", () =>
	forSeeds(SEEDS, async (seed) => {
		await using cloud = await CloudServer.start({ busyMs: 100 });
		const db = await openThere(cloud);
		// The site gives some up sooner than the database does: these go on, and are done while they are asked for again.
		const team = await TroubledTeam.gather(seed, { db, ...(seed % 2 === 0 && { deadline: 300 }) });
		const changes = new TroubledChanges(team.server, team.owner);

		const calm = makeTrouble(cloud, new Random(seed));
		const sent = await workTogether(team, changes, () => countFaults(cloud) >= FAULTS).finally(calm);
		await db.close();

		expect(team.server.reported).toEqual([]);
		expect(cloud.violations).toEqual([]);
		const kept = await openCloudLedger(cloud.url(), PATIENT, NOW);
		expect(await changes.findWrong(kept)).toEqual([]);
		const dump = await dumpOf(kept, team);
		await kept.close();
		expectCounted(dump, team);
		expect(dump).toEqual(await sendElsewhere(seed, sent));
	}));

test("changes that were answered under any trouble are there once, and what was put off never twice", () =>
	forSeeds(SEEDS, async (seed) => {
		await using cloud = await CloudServer.start({ busyMs: 100 });
		const db = await openThere(cloud);
		const team = await TroubledTeam.gather(seed, { db, ...(seed % 2 === 0 && { deadline: 100 }) });
		const changes = new TroubledChanges(team.server, team.owner);

		const calm = makeTrouble(cloud, new Random(-seed));
		// Most trouble is over before anybody hears of it: it is only worth something if some was heard of.
		const isEnough = () => countFaults(cloud) >= FAULTS && changes.putOff > 0;
		await changeTogether(team, changes, isEnough).finally(calm);
		await db.close();

		expect(team.server.reported).toEqual([]);
		expect(cloud.violations).toEqual([]);
		const kept = await openCloudLedger(cloud.url(), PATIENT, NOW);
		expect(await changes.findWrong(kept)).toEqual([]);
		await kept.close();
	}));

/** Every sum is what a plain count of the events comes to, by each person's own days. */
function expectCounted(dump: Dump, { people }: TroubledTeam): void {
	const rollups = Object.entries(rollupsOf(dump));
	for (const [i, { account }] of people.entries()) {
		const own = (rows: Row[]) => rows.filter(({ user }) => user === account.user);
		const kept = Object.fromEntries(rollups.map(([table, rows]) => [table, own(rows)]));
		expect(kept).toEqual(countRollups(own(dump.events), zoneOf(i)));
	}
}

/** What the same uploads come to in a file, one after the other, the last ones first. */
async function sendElsewhere(seed: number, sent: readonly number[]): Promise<Dump> {
	const db = await openLedger(":memory:", NOW);
	const team = await TroubledTeam.gather(seed, { db });
	const keys = new Set<string>();
	for (const [i, sender] of team.senders.entries()) {
		for (let number = (sent[i] ?? 0) - 1; number >= 0; number--) {
			await team.send(sender, number);
			for (const { key } of sender.upload(number)) keys.add(`${sender.person.account.user} ${key}`);
		}
	}
	const dump = await dumpOf(db, team);
	expect(dump.events.map(({ user, key }) => `${user} ${key}`).sort()).toEqual([...keys].sort());
	return dump;
}
