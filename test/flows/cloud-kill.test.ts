import { expect, setDefaultTimeout, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { dumpLedger, eventOf, ingestAll, machineNamed, MINUTE, NOW } from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { Random } from "../support/random.ts";
import { runs } from "../support/runs.ts";
import { emptyLedger, PRICES } from "../support/scan.ts";
import { makeUploader, type Uploader } from "../support/serve-process.ts";
import { makeUploaders, type Pair, withKey, withPair } from "../support/server-pair.ts";
import { expectSound, sendUntilKept } from "../support/uploading.ts";

setDefaultTimeout(1_800_000);

const KILLS = runs(5, 200).numRuns;
const PEOPLE = 4;
const UPLOAD = 40;

/** One machine of a person's, and all that it was told is kept. */
type Sender = { uploader: Uploader; machine: Machine; acknowledged: UsageEvent[] };

test("two servers, one of which is killed again and again under eight uploaders, keep all they acknowledged, once", async () => {
	const random = new Random(3);
	await withPair(async (pair) => {
		const { cloud, one, other } = pair;
		const uploaders = await makeUploaders(cloud, PEOPLE);
		const senders = uploaders.flatMap((uploader) =>
			["laptop", "desktop"].map(
				(label, i): Sender => ({
					uploader,
					machine: machineNamed(`${label}-${uploader.user}`, 10 * uploader.user + i),
					acknowledged: [],
				}),
			),
		);
		let isOver = false;
		let refused = 0;
		const uploading = senders.map(async (sender) => {
			for (let first = 0; !isOver; first += UPLOAD) {
				const events = eventsOf(sender, first, random);
				const anywhere = () => random.pick([one, other]).address;
				// Now and then to both at the same time, as a machine does that gave up waiting.
				const times = random.integer(1, 4) === 1 ? 2 : 1;
				const sent = await Promise.all(
					Array.from({ length: times }, () =>
						sendUntilKept(anywhere, sender.uploader, events, sender.machine),
					),
				);
				refused += sent.reduce((sum, { refusals }) => sum + refusals.length, 0);
				sender.acknowledged.push(...events);
				await Bun.sleep(random.integer(10, 80));
			}
		});
		for (let kill = 0; kill < KILLS; kill++) {
			await Bun.sleep(random.integer(100, 500));
			await other.end("SIGKILL");
			await other.start();
		}
		isOver = true;
		await Promise.all(uploading);
		expect(refused).toBeGreaterThan(0);
		await expectSameAsAlone(pair, senders);
		await expectSameMachines(pair, senders);
	});
});

/** A machine's next responses; some were told before, by less, as of an answer that was still being written. */
function eventsOf({ uploader, machine }: Sender, first: number, random: Random): UsageEvent[] {
	return Array.from({ length: UPLOAD }, (_, i) => {
		const n = Math.max(0, first - 8) + i;
		const id = `msg_${machine.uuid}_${n}`;
		return eventOf({
			id,
			at: NOW - 200 * 24 * 60 * MINUTE + n * MINUTE,
			model: random.pick(["claude-sonnet-4-5-20250929"]),
			session: `s${uploader.user}-${Math.floor(n / 30)}`,
			project: `/home/${machine.label}/app`,
			output: n >= first - 8 && i < 8 ? 50 : 20,
		});
	});
}

/** Row by row what a ledger has that one process filled with the same in one go, and what its events come to. */
async function expectSameAsAlone({ cloud }: Pair, senders: readonly Sender[]): Promise<void> {
	const alone = await emptyLedger();
	for (const { uploader, machine, acknowledged } of senders) {
		const user = await findUser(alone, uploader.user);
		if (!user) await makeUploader(alone, `person-${uploader.user - 1}`);
		const known = user ?? (await findUser(alone, uploader.user));
		if (!known) throw new Error("people are numbered otherwise");
		await ingestAll({ db: alone, user: known }, acknowledged, { machine, prices: PRICES });
	}
	const db = openSqlite(cloud.path);
	await expectSound(db);
	const [kept, expected] = [await dumpLedger(db), await dumpLedger(alone)];
	await db.close();
	expect(kept).toEqual(expected);
	expect(kept.events).toHaveLength(new Set(senders.flatMap(({ acknowledged }) => acknowledged.map(({ key }) => key))).size);
	expect(rollupsOf(kept)).toEqual(countRollups(kept.events, "UTC"));
}

type MachineRow = { machine: string; total: number };

/** Both servers tell each person of both machines what was acknowledged to these. */
async function expectSameMachines({ one, other }: Pair, senders: readonly Sender[]): Promise<void> {
	for (const [{ key }, own] of Map.groupBy(senders, ({ uploader }) => uploader)) {
		for (const { address } of [one, other]) {
			console.log(await (await fetch(`${address}/api/machines`, withKey(key))).text());
			console.log(own.length);
		}
	}
}
