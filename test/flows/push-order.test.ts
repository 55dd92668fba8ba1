import { expect, test } from "bun:test";
import fc from "fast-check";
import { listUnsent } from "../../src/ledger/unsent.ts";
import { encodeEvent, readUpload } from "../../src/usage/upload.ts";
import { inOneUpload, inUploads, type Sighting, sightingsOfMachines } from "../support/histories.ts";
import { type Dump, dumpLedger, ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { PATIENCE, runs } from "../support/runs.ts";

/** A machine with a ledger of its own, and how much of it was sent. */
type Sender = { ledger: TestLedger; sent: number };

/** What a ledger says of usage. What a machine merges before it sends it marks fewer of that machine's days. */
function usageOf({ machine_days, machines, ...usage }: Dump): object {
	return usage;
}

/** Sends a server's ledger what a machine's ledger has since the last time, as text, twice where told so. */
async function upload(
	{ ledger, sent }: Sender,
	server: TestLedger,
	{ machine, twice }: Sighting,
): Promise<number> {
	const rows = await listUnsent(ledger.db, ledger.user.id, sent, 1_000);
	const { uuid, label } = machine;
	const body = { v: 1, machine: { id: uuid, label }, events: rows.map(({ event }) => encodeEvent(event)) };
	const read = readUpload(JSON.parse(JSON.stringify(body)));
	expect(read?.rejected).toEqual([]);
	for (const _ of twice ? [1, 2] : [1]) await ingestAll(server, read?.events ?? [], { machine });
	return rows.at(-1)?.change ?? sent;
}

test(
	"ledgers of three machines, sent in any order and any pieces, come to the ledger that saw every line itself",
	async () => {
		await fc.assert(
			fc.asyncProperty(sightingsOfMachines, fc.infiniteStream(fc.boolean()), async (sightings, tells) => {
				const whole = await openTestLedger();
				for (const { machine, lines } of inOneUpload(sightings)) {
					await ingestAll(
						whole,
						lines.map(({ event }) => event),
						{ machine },
					);
				}
				const server = await openTestLedger();
				const senders = new Map<Sighting["machine"], Sender>();
				const last = new Map<Sighting["machine"], Sighting>();
				for (const sighting of sightings) last.set(sighting.machine, sighting);
				for (const { machine, lines } of inUploads(sightings)) {
					const sender = senders.get(machine) ?? { ledger: await openTestLedger(), sent: 0 };
					senders.set(machine, sender);
					await ingestAll(
						sender.ledger,
						lines.map(({ event }) => event),
						{ machine },
					);
					const sighting = last.get(machine);
					if (sighting && tells.next().value) sender.sent = await upload(sender, server, sighting);
				}
				for (const [machine, sender] of senders) {
					const sighting = last.get(machine);
					if (sighting) await upload(sender, server, sighting);
				}
				const dump = await dumpLedger(server.db);
				expect(usageOf(dump)).toEqual(usageOf(await dumpLedger(whole.db)));
				expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
			}),
			runs(100),
		);
	},
	PATIENCE,
);
