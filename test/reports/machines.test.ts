import { expect, test } from "bun:test";
import { listMachines } from "../../src/reports/machines.ts";
import { AT, DAY, eventOf, ingestAll, LAPTOP, machineNamed, openTestLedger } from "../support/ledger.ts";
import { rowOf } from "../support/naive-usage.ts";

test("machines come by label; two of one label are two, told apart by their ids", async () => {
	const ledger = await openTestLedger();
	const twin = machineNamed("laptop", 9);
	const attic = machineNamed("attic", 3);
	const event = (n: number) => eventOf({ id: `msg_${n}`, at: AT + n * DAY });
	const [first, second, third, fourth] = [event(1), event(2), event(3), event(4)];
	await ingestAll(ledger, [first, fourth]);
	await ingestAll(ledger, [second], { machine: twin });
	await ingestAll(ledger, [third], { machine: attic });
	const expected = [
		{ label: "attic", machine: attic.uuid, ...rowOf([third], "calculate") },
		{ label: "laptop", machine: LAPTOP.uuid, ...rowOf([first, fourth], "calculate") },
		{ label: "laptop", machine: twin.uuid, ...rowOf([second], "calculate") },
	];
	for (const zone of ["UTC", "Asia/Tokyo"]) {
		for (const mode of ["calculate", "auto"] as const) {
			expect(await listMachines(ledger.db, ledger.user, { zone, mode })).toEqual(expected);
		}
	}
});

test("a machine that was given a new label is one machine, under the new one", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [eventOf()]);
	await ingestAll(ledger, [eventOf({ id: "msg_2" })], { machine: { ...LAPTOP, label: "old laptop" } });
	const rows = await listMachines(ledger.db, ledger.user, { zone: "UTC", mode: "calculate" });
	expect(rows).toMatchObject([{ label: "old laptop", machine: LAPTOP.uuid, responses: 2 }]);
});

test("a response that two machines saw is only in the row of the one that has it", async () => {
	const ledger = await openTestLedger();
	await ingestAll(ledger, [eventOf()]);
	await ingestAll(ledger, [eventOf()], { machine: machineNamed("desktop", 2) });
	const rows = await listMachines(ledger.db, ledger.user, { zone: "UTC", mode: "calculate" });
	expect(rows).toMatchObject([{ label: "laptop", responses: 1 }]);
});
