import { expect, setDefaultTimeout, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { DAY, dumpLedger, eventOf, ingestAll, MINUTE, machineNamed, NOW } from "../support/ledger.ts";
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
/** So many responses of an upload come once more in the next one. */
const AGAIN = 8;

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
				const events = eventsOf(sender, first);
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

/** A machine's next responses. Those at the end of one upload go on in the next: there they have more output. */
function eventsOf({ uploader, machine }: Sender, first: number): UsageEvent[] {
	return Array.from({ length: UPLOAD }, (_, i) => {
		const n = Math.max(0, first - AGAIN) + i;
		return eventOf({
			id: `msg_${machine.uuid}_${n}`,
			at: NOW - 200 * DAY + n * MINUTE,
			model: "claude-sonnet-4-5-20250929",
			session: `s${uploader.user}-${Math.floor(n / 30)}`,
			project: `/home/${machine.label}/app`,
			output: i < AGAIN ? 50 : 20,
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
	expect(rollupsOf(kept)).toEqual(countRollups(kept.events, "UTC"));
}

type Told = { rows: { machine: string; totalTokens: number }[]; totals: { totalTokens: number } };

/** Both servers tell each person of their machines just what these were told is kept. */
async function expectSameMachines({ one, other }: Pair, senders: readonly Sender[]): Promise<void> {
	for (const [{ key }, own] of Map.groupBy(senders, ({ uploader }) => uploader)) {
		const counted = own.map(({ machine, acknowledged }) => [machine.uuid, tokensOf(acknowledged)] as const);
		for (const { address } of [one, other]) {
			const response = await fetch(`${address}/api/views/overview/machines?range=all`, withKey(key));
			const { rows, totals } = (await response.json()) as Told;
			expect(new Map(rows.map((row) => [row.machine, row.totalTokens]))).toEqual(new Map(counted));
			expect(totals.totalTokens).toBe(counted.reduce((sum, [, tokens]) => sum + tokens, 0));
		}
	}
}

/** Each response once, by the sending that told most of it. */
function tokensOf(events: readonly UsageEvent[]): number {
	const most = new Map<string, number>();
	for (const { key, input, output, cacheWrite5m, cacheWrite1h } of events) {
		most.set(key, Math.max(most.get(key) ?? 0, input + output + cacheWrite5m + cacheWrite1h));
	}
	return most.values().reduce((sum, tokens) => sum + tokens, 0);
}
