import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { saveZone } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { AT, DAY, eventOf, MINUTE } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { altogether, type ByDay, type Sender, senders, shownTo, sum } from "../support/sender.ts";

setDefaultTimeout(PATIENCE);

let last = 0;

/** Responses of the first ten days of a month at any moments of them. */
function usageOf(random: Random, most: number): UsageEvent[] {
	return Array.from({ length: random.integer(1, most) }, () => {
		const at = AT + random.integer(0, 9) * DAY + random.integer(-600, 839) * MINUTE;
		const session = `session-${random.integer(1, 9)}`;
		return eventOf({ id: `mixed_${++last}`, at, session, input: random.integer(1, 1_000) });
	});
}

const inOrder = (days: ByDay) => Object.entries(days).sort();

/** Uses, renames, loses and sends at random. */
async function stepOf(sender: Sender, random: Random, mayLose = true): Promise<string> {
	const chance = random.next();
	if (chance < 0.4) await sender.use(usageOf(random, 6));
	else if (chance < 0.55) {
		const label = `machine-${sender.machine.uuid.slice(-1)}${random.pick(["", ".local", "-new", " (2)"])}`;
		sender.machine = { ...sender.machine, label };
	} else if (chance < 0.65) sender.losesAfter = random.integer(0, 2);
	else if (chance < 0.7 && mayLose) await sender.loseLedger();
	const granularity = random.pick(["all", "daily", "daily", "session", "blocks"] as const);
	const resend = random.next() < 0.1;
	const step = `${sender.machine.label} ${granularity} ${resend} ${sender.losesAfter}`;
	await sender.send(granularity, resend);
	return step;
}

describe("whatever is sent, responses or totals, under whatever name", () => {
	test("each day counts once at the server, and in the end all of it does", async () => {
		await forSeeds(runs(25).numRuns, async (seed) => {
			const random = new Random(seed);
			const { server, alice, all } = await senders(random.integer(1, 2));
			const steps: string[] = [];
			for (let step = random.integer(3, 14); step > 0; step--) {
				steps.push(await stepOf(random.pick(all), random));
				try {
					expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map(({ told }) => told))));
				} catch (error) {
					throw new Error(`after ${steps.join(", ")}: ${error instanceof Error ? error.message : error}`);
				}
			}
			for (const sender of all) await sender.send("all");
			expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map(({ all: used }) => used))));
		});
	});

	test("nothing counts twice where days of the machine are not the account's, and change on the way", async () => {
		await forSeeds(runs(12).numRuns, async (seed) => {
			const random = new Random(seed);
			const { server, alice, all } = await senders(random.integer(1, 2));
			for (let step = random.integer(3, 10); step > 0; step--) {
				const sender = random.pick(all);
				const { ledger } = sender;
				const zone = random.pick(["Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"]);
				if (random.next() < 0.3)
					ledger.user = await ledger.db.transaction((tx) => saveZone(tx, ledger.user, zone));
				// In which zone totals were first sent stands in the ledger alone.
				await stepOf(sender, random, false);
				const used = altogether(sum(all.map((one) => one.all)));
				expect(altogether(await shownTo(alice, server))).toBeLessThanOrEqual(used);
			}
			for (const sender of all) await sender.send("all");
			expect(inOrder(await shownTo(alice, server))).toEqual(inOrder(sum(all.map((one) => one.all))));
		});
	});
});
