import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Machine } from "../../src/account/machine.ts";
import { listReportedBlocks, listReportedDays, listReportedSessions } from "../../src/reports/reported.ts";
import { noLimits } from "../support/isolation.ts";
import { DESKTOP, eventOf, ingestAll, LAPTOP, machineNamed, openTestLedger } from "../support/ledger.ts";
import { ALL_USAGE, KINDS, pushTotalsAs, responses, TotalsStage } from "../support/pushing-totals.ts";
import { PATIENCE } from "../support/runs.ts";
import { altogether, shownTo } from "../support/sender.ts";
import { TestServer } from "../support/server.ts";
import { networkTo, pushAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

describe("totals, and responses of a machine that is called otherwise by then,", () => {
	let stage: TotalsStage;
	const renamed = { ...LAPTOP, label: "laptop-2.local" };

	beforeEach(async () => {
		stage = await TotalsStage.set();
	});

	const counted = () => shownTo(stage.alice, stage.server);
	const asker = () => ({ id: stage.alice.account.user, zone: "UTC" });
	const sendAll = (machine: Machine) => pushAs(stage.alice, stage.server, stage.ledger.db, { machine });

	test("count once, days, sessions and blocks alike", async () => {
		await ingestAll(stage.ledger, responses(12));
		for (const kind of KINDS) await stage.send({ kind });
		const before = await counted();
		await sendAll(renamed);
		expect(await counted()).toEqual(before);
		const { db } = stage.server;
		for (const list of [listReportedDays, listReportedSessions, listReportedBlocks])
			expect(await list(db, asker(), ALL_USAGE)).toEqual([]);
	});

	test("count once the other way round, too", async () => {
		await ingestAll(stage.ledger, responses(12));
		await sendAll(LAPTOP);
		const before = await counted();
		for (const kind of KINDS) await stage.send({ kind, machine: renamed });
		expect(await counted()).toEqual(before);
		expect(await listReportedBlocks(stage.server.db, asker(), ALL_USAGE)).toEqual([]);
	});

	test("count once where the answer to the first totals was lost", async () => {
		await ingestAll(stage.ledger, responses(12));
		const network = stage.watched(async ({ path }, answer) => {
			const reply = await answer();
			return path.endsWith("/batch") ? new Response(null, { status: 502 }) : reply;
		});
		expect(await stage.send({ network })).toMatchObject({ sent: 0, stop: { code: "unreachable" } });
		const before = await counted();
		expect(Object.keys(before)).toHaveLength(1 + 1);
		await stage.send({ machine: renamed });
		expect((await stage.days()).map(([, label]) => label)).toEqual(["laptop", "laptop"]);
		expect(await counted()).toEqual(before);
		await sendAll(renamed);
		expect(await counted()).toEqual(before);
	});

	test("count once at a server that was restored from a copy", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const { db } = stage.server;
		await db.run("update settings set value = ? where name = 'ledger'", [crypto.randomUUID()]);
		stage.server = await TestServer.start({ db, limits: noLimits() });
		await ingestAll(stage.ledger, responses(1, 12), { machine: renamed });
		expect(await stage.send({ machine: renamed })).toMatchObject({ sent: 2 });
		expect(altogether(await counted())).toBe(altogether(before) + 100);
		expect((await stage.days()).map(([, label]) => label)).toEqual(["laptop", "laptop"]);
	});

	test("count once where the machine's ledger was lost or taken from an old copy", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const anew = await openTestLedger();
		await ingestAll(anew, responses(12), { machine: renamed });
		const network = networkTo(stage.server);
		await pushTotalsAs(stage.alice, stage.server, anew.db, { machine: renamed, network });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, anew.db, { machine: renamed });
		expect(await counted()).toEqual(before);
	});

	test("count once where its whole home was, and it has the name that it had", async () => {
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		const anew = await openTestLedger();
		const machine = machineNamed("laptop", 9);
		await ingestAll(anew, responses(12), { machine });
		await pushTotalsAs(stage.alice, stage.server, anew.db, { machine });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, anew.db, { machine });
		expect(await counted()).toEqual(before);
	});

	test("count in full once both of two machines of one name send responses; of totals the larger counted", async () => {
		const other = await openTestLedger();
		const machine = machineNamed("laptop", 9);
		await ingestAll(other, [eventOf({ id: "msg_other", session: "other" })], { machine });
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		const before = await counted();
		await pushTotalsAs(stage.alice, stage.server, other.db, { machine });
		expect(await counted()).toEqual(before);
		await sendAll(LAPTOP);
		await pushAs(stage.alice, stage.server, other.db, { machine });
		expect(altogether(await counted())).toBe(altogether(before) + 100);
	});

	test("leave another machine's totals alone that has its name from before", async () => {
		const other = await openTestLedger();
		const desktop = machineNamed("desktop", 2);
		await ingestAll(other, responses(6, 100), { machine: desktop });
		await ingestAll(stage.ledger, responses(12));
		await stage.send();
		await pushTotalsAs(stage.alice, stage.server, other.db, { machine: desktop });
		const before = await counted();
		// The names are swapped.
		await pushAs(stage.alice, stage.server, stage.ledger.db, { machine: { ...LAPTOP, label: "desktop" } });
		expect(await counted()).toEqual(before);
		await pushAs(stage.alice, stage.server, other.db, { machine: { ...desktop, label: "laptop" } });
		expect(await counted()).toEqual(before);
		expect(await stage.days()).toEqual([]);
	});

	test("count once, and say the same, when people rename or merge machines at the server", async () => {
		await ingestAll(stage.ledger, responses(12));
		await ingestAll(stage.ledger, responses(6, 12), { machine: DESKTOP });
		await stage.send();
		const before = await counted();
		await sendAll(renamed);
		const merge = { mergedInto: LAPTOP.uuid, alias: "work" };
		expect((await stage.alice.send("PATCH", `/api/machines/${DESKTOP.uuid}`, merge)).status).toBe(200);
		expect(await counted()).toEqual(before);
		await ingestAll(stage.ledger, responses(1, 18), { machine: DESKTOP });
		await stage.send({ machine: renamed });
		await sendAll(renamed);
		expect(altogether(await counted())).toBe(altogether(before) + 100);
	});
});
