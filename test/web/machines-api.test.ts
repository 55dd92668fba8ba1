import { expect, test } from "bun:test";
import { AT, DAY, DESKTOP, eventOf, ingestAll, LAPTOP, machineNamed, NOW } from "../support/ledger.ts";
import { localDate } from "../support/naive-usage.ts";
import { saveReportedDay } from "../support/reported.ts";
import { fieldsOf, MACHINES, startUsageServer, sumOf, tellUsage, timesFrom } from "../support/usage-api.ts";

type Machine = Record<string, unknown> & { machine_id: string; machine: string | null; total_cost: number };

const PATH = "/api/machines";
const told = tellUsage(timesFrom(AT, 90), 4);

test("machines come with their days and costs, the latest used first", async () => {
	const usage = await startUsageServer(told);
	for (const zone of ["UTC", "Asia/Kathmandu", "America/St_Johns"]) {
		await usage.setZone(zone);
		const expected = MACHINES.map((machine) => {
			const own = told.filter(({ from }) => from === machine);
			const dates = own.map(({ at }) => localDate(at, zone).toString()).sort();
			return {
				machine_id: machine.label,
				machine: machine.uuid,
				alias: null,
				archived: false,
				days_tracked: new Set(dates).size,
				first_date: dates[0],
				last_date: dates.at(-1),
				total_cost: fieldsOf(own).total_cost,
				os: "linux",
				client: "1.0.0",
				last_seen: new Date(NOW).toISOString(),
				reported: false,
			};
		}).sort(
			(a, b) =>
				(b.last_date ?? "").localeCompare(a.last_date ?? "") ||
				a.machine_id.localeCompare(b.machine_id) ||
				a.machine.localeCompare(b.machine),
		);
		const machines = await usage.get<Machine[]>(PATH);
		expect(machines as unknown[]).toEqual(expected);
		expect(sumOf(machines, "total_cost")).toBeCloseTo(fieldsOf(told).total_cost, 9);
	}
	expect(usage.server.reported).toEqual([]);
});

test("a machine of which everything was known already is there, with nothing of its own", async () => {
	const usage = await startUsageServer([{ ...eventOf(), from: LAPTOP }]);
	const { server, alice } = usage;
	const copied = { ...machineNamed("copy", 7), os: undefined, client: undefined };
	const user = { id: alice.account.user, zone: "UTC", horizon: 0 };
	await ingestAll({ db: server.db, user }, [eventOf()], { machine: copied, now: NOW + DAY });
	const machines = await usage.get<Machine[]>(PATH);
	expect(machines.map(({ machine_id, days_tracked }) => [machine_id, days_tracked])).toEqual([
		["laptop", 1],
		["copy", 0],
		["desktop", 0],
		["laptop", 0],
	]);
	expect(machines[1]).toEqual({
		machine_id: "copy",
		machine: copied.uuid,
		alias: null,
		archived: false,
		days_tracked: 0,
		first_date: null,
		last_date: null,
		total_cost: 0,
		os: null,
		client: null,
		last_seen: new Date(NOW + DAY).toISOString(),
		reported: false,
	});
});

test("what was reported under a name stands by itself, until events tell it", async () => {
	const usage = await startUsageServer([{ ...eventOf(), from: DESKTOP }]);
	const { db } = usage.server;
	const { user } = usage.alice.account;
	const day = Math.floor(AT / DAY);
	await saveReportedDay(db, user, { label: "laptop", day: day - 1 });
	await saveReportedDay(db, user, { label: "laptop", day: day + 1, cost: 2_500_000_000 });
	await saveReportedDay(db, user, { label: "laptop", day: day + 2, superseded: 1 });
	await saveReportedDay(db, user, { label: "gone", superseded: 1 });
	await saveReportedDay(db, usage.bob.account.user, { label: "bobs" });
	const reported = (await usage.get<Machine[]>(PATH)).filter(({ machine }) => machine === null);
	expect(reported).toEqual([
		{
			machine_id: "laptop",
			machine: null,
			alias: null,
			archived: false,
			days_tracked: 2,
			first_date: "2026-03-01",
			last_date: "2026-03-03",
			total_cost: 2.501,
			os: null,
			client: null,
			last_seen: new Date(NOW).toISOString(),
			reported: true,
		},
	]);
});
