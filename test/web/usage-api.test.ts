import { describe, expect, test } from "bun:test";
import { AT, DAY, DESKTOP, eventOf, HOUR, LAPTOP } from "../support/ledger.ts";
import { localDate } from "../support/naive-usage.ts";
import { saveReportedDay } from "../support/reported.ts";
import {
	BOBS,
	fieldsOf,
	MACHINES,
	modelsOf,
	NEW_LAPTOP,
	startUsageServer,
	sumOf,
	type Told,
	tellUsage,
	timesFrom,
} from "../support/usage-api.ts";

type Day = {
	machine_id: string;
	machine: string | null;
	date: string;
	reported: boolean;
	total_tokens: number;
};
type Aggregate = { daily: (Day & Record<string, unknown>)[]; totals: Record<string, number | string> };

const { server, alice, told, get, ingest, setZone } = await startUsageServer(
	tellUsage(timesFrom(AT, 120), 1),
);

/** Every day and machine as the API has them, counted from the responses themselves. */
function naiveDays(responses: readonly Told[], zone: string) {
	const keyOf = ({ at, from }: Told) => `${localDate(at, zone)} ${from.uuid}`;
	return [...Map.groupBy(responses, keyOf).values()]
		.map((own) => ({
			machine_id: own[0]?.from.label ?? "",
			machine: own[0]?.from.uuid ?? null,
			date: localDate(own[0]?.at ?? 0, zone).toString(),
			...fieldsOf(own),
			models_used: modelsOf(own),
			reported: false,
		}))
		.sort(
			(a, b) =>
				b.date.localeCompare(a.date) ||
				a.machine_id.localeCompare(b.machine_id) ||
				(a.machine ?? "").localeCompare(b.machine ?? ""),
		);
}

function naiveTotals(responses: readonly Told[]) {
	const fields = fieldsOf(responses);
	return {
		total_machines: new Set(responses.map(({ from }) => from.uuid)).size,
		total_input_tokens: fields.input_tokens,
		total_output_tokens: fields.output_tokens,
		total_cache_creation_tokens: fields.cache_creation_tokens,
		total_cache_read_tokens: fields.cache_read_tokens,
		total_tokens: fields.total_tokens,
		total_cost: fields.total_cost,
		total_thinking_tokens: 0,
		thinking_sessions_count: 0,
		average_thinking_percentage: 0,
	};
}

describe("the aggregate", () => {
	test("has a row for each machine and day, the newest first, and they come to its totals", async () => {
		const { daily, totals } = await get<Aggregate>("/api/usage/aggregate");
		expect(daily).toEqual(naiveDays(told, "UTC"));
		expect(totals).toEqual(naiveTotals(told));
		expect(sumOf(daily, "total_tokens")).toBe(Number(totals.total_tokens));
		expect(server.reported).toEqual([]);
	});

	test("tells a second time nothing more where copies came from other machines", async () => {
		const before = await get<Aggregate>("/api/usage/aggregate");
		await ingest(told.map((response) => ({ ...response, from: DESKTOP })));
		await ingest(told.map((response) => ({ ...response, from: NEW_LAPTOP })).toReversed());
		expect(await get<Aggregate>("/api/usage/aggregate")).toEqual(before);
	});

	test.each([
		["since=2026-03-05", "2026-03-05", "9999-12-31"],
		["until=20260305", "0000-01-01", "2026-03-05"],
		["since=20260304&until=2026-03-07", "2026-03-04", "2026-03-07"],
		["since=2026-03-07&until=2026-03-04", "2026-03-07", "2026-03-04"],
		["since=9999-12-31", "9999-12-31", "9999-12-31"],
		["since=0100-01-01&until=9999-12-31", "0100-01-01", "9999-12-31"],
	])("keeps to %s, both days included", async (query, since, until) => {
		const within = told.filter(({ at }) => {
			const date = localDate(at, "UTC").toString();
			return date >= since && date <= until;
		});
		const { daily, totals } = await get<Aggregate>(`/api/usage/aggregate?${query}`);
		expect(daily).toEqual(naiveDays(within, "UTC"));
		expect(totals).toEqual(naiveTotals(within));
	});

	test.each([
		["a UUID", LAPTOP.uuid, [LAPTOP]],
		["a label, which two machines bear", "laptop", [LAPTOP, NEW_LAPTOP]],
		["another one", "desktop", [DESKTOP]],
		["none, if it is empty", "", MACHINES],
		["what nobody has", "lap", []],
		["what somebody else has", BOBS.uuid, []],
		["what somebody else calls a machine", BOBS.label, []],
		["what would be more in SQL", "' or 1=1 --", []],
		["what would be more in a pattern", "lap%", []],
	])("keeps to %s", async (_what, machineId, machines) => {
		const own = told.filter(({ from }) => machines.includes(from));
		const query = new URLSearchParams({ machineId });
		const { daily, totals } = await get<Aggregate>(`/api/usage/aggregate?${query}`);
		expect(daily).toEqual(naiveDays(own, "UTC"));
		expect(totals).toEqual(naiveTotals(own));
	});

	test("by machine comes to the same as all of it", async () => {
		const { totals } = await get<Aggregate>("/api/usage/aggregate");
		let sum = 0;
		for (const { uuid } of MACHINES) {
			const own = await get<Aggregate>(`/api/usage/aggregate?machineId=${uuid}`);
			sum += Number(own.totals.total_tokens);
		}
		expect(sum).toBe(Number(totals.total_tokens));
	});
});

/** Those that differ from UTC by whole, half and quarter hours, and change at odd hours or by half an hour. */
const ZONES = [
	"UTC",
	"Europe/Berlin",
	"America/New_York",
	"America/St_Johns",
	"America/Sao_Paulo",
	"America/Havana",
	"Asia/Kolkata",
	"Asia/Kathmandu",
	"Australia/Lord_Howe",
	"Pacific/Chatham",
	"Pacific/Kiritimati",
	"Antarctica/Troll",
];

/** Times around both changes of a zone's clock in 2026, and around midnight. */
function timesAround(zone: string): number[] {
	const times: number[] = [];
	for (let at = Temporal.Instant.from("2026-01-01T00:00Z").toZonedDateTimeISO(zone); ; ) {
		const change = at.getTimeZoneTransition("next");
		if (!change || change.year > 2026) break;
		const middle = change.epochMilliseconds;
		for (const minutes of [-1_500, -61, -31, -1, 0, 1, 29, 59, 61, 1_439, 1_500]) {
			times.push(middle + minutes * 60_000, middle + minutes * 60_000 - 1);
		}
		at = change;
	}
	const midnight = Temporal.ZonedDateTime.from(`2026-07-01T00:00[${zone}]`).epochMilliseconds;
	return [...times, midnight - 1, midnight, midnight + DAY - 1, midnight + DAY];
}

describe("days are the person's own, and none is lost or counted twice:", () => {
	test.each(ZONES)("%s", async (zone) => {
		const around = tellUsage(timesAround(zone), 7);
		const usage = await startUsageServer(around);
		await usage.setZone(zone);
		const { daily, totals } = await usage.get<Aggregate>("/api/usage/aggregate");
		expect(daily).toEqual(naiveDays(around, zone));
		expect(totals).toEqual(naiveTotals(around));
		for (const { date } of daily) {
			const own = around.filter(({ at }) => localDate(at, zone).toString() === date);
			const day = await usage.get<Aggregate>(`/api/usage/aggregate?since=${date}&until=${date}`);
			expect(day.totals).toEqual(naiveTotals(own));
		}
	});

	test("whatever zone they were in before", async () => {
		const before = await get<Aggregate>("/api/usage/aggregate");
		await setZone("Asia/Kathmandu");
		expect((await get<Aggregate>("/api/usage/aggregate")).daily).toEqual(naiveDays(told, "Asia/Kathmandu"));
		await setZone("UTC");
		expect(await get<Aggregate>("/api/usage/aggregate")).toEqual(before);
	});
});

describe("days that a client only reported", () => {
	const reported = {
		machine_id: "old",
		machine: null,
		date: "2026-03-02",
		input_tokens: 1,
		output_tokens: 2,
		cache_creation_tokens: 3,
		cache_read_tokens: 4,
		total_tokens: 10,
		total_cost: 0.001,
		cache_creation_5m_tokens: null,
		cache_creation_1h_tokens: null,
		web_searches: null,
		responses: null,
		unpriced_responses: null,
		models_used: ["cheap"],
		reported: true,
	};

	test("stand beside the others, and are in the totals", async () => {
		const own = [{ ...eventOf({ id: "one" }), from: LAPTOP }];
		const usage = await startUsageServer(own);
		const { user } = usage.alice.account;
		await saveReportedDay(usage.server.db, user);
		await saveReportedDay(usage.server.db, user, { label: "laptop", day: Math.floor(AT / DAY) - 1 });
		await saveReportedDay(usage.server.db, user, { label: "gone", superseded: 1 });
		await saveReportedDay(usage.server.db, usage.bob.account.user, { label: "bobs" });
		const { daily, totals } = await usage.get<Aggregate>("/api/usage/aggregate");
		expect(daily).toEqual([
			...naiveDays(own, "UTC"),
			reported,
			{ ...reported, machine_id: "laptop", date: "2026-03-01" },
		]);
		expect(totals).toMatchObject({
			total_machines: 2,
			total_tokens: Number(naiveTotals(own).total_tokens) + 20,
			total_cost: naiveTotals(own).total_cost + 0.002,
		});
		const named = await usage.get<Aggregate>("/api/usage/aggregate?machineId=old&since=2026-03-02");
		expect(named.daily).toEqual([reported]);
		const byUuid = await usage.get<Aggregate>(`/api/usage/aggregate?machineId=${LAPTOP.uuid}`);
		expect(byUuid.daily).toEqual(naiveDays(own, "UTC"));
	});
});

test("what a JSON number could not hold comes as a text, to the last digit", async () => {
	const usage = await startUsageServer([
		{ ...eventOf({ id: "one" }), from: LAPTOP },
		{ ...eventOf({ id: "two", at: AT + HOUR }), from: DESKTOP },
	]);
	await usage.server.db.run("update usage_days set input = 9007199254740993 where user = ?", [
		usage.alice.account.user,
	]);
	const { daily, totals } = await usage.get<Aggregate>("/api/usage/aggregate");
	expect(daily.map((day) => [day.input_tokens, day.total_tokens])).toEqual([
		["9007199254740993", "9007199254741083"],
		["9007199254740993", "9007199254741083"],
	]);
	expect(totals.total_input_tokens).toBe("18014398509481986");
	expect(totals.total_tokens).toBe("18014398509482166");
	const csv = await (await usage.alice.ask("/api/usage/aggregate?format=csv")).text();
	expect(csv).toContain("9007199254740993");
});

test("a table has a line for each row, and lists are in one cell", async () => {
	const response = await alice.ask("/api/usage/aggregate?format=csv&since=2026-03-04&until=2026-03-04");
	expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
	expect(response.headers.get("content-disposition")).toBe(
		'attachment; filename="promptpulse-aggregate.csv"',
	);
	const [head, ...lines] = (await response.text()).trimEnd().split("\r\n");
	const { daily } = await get<Aggregate>("/api/usage/aggregate?since=2026-03-04&until=2026-03-04");
	expect(head?.split(",")).toEqual(Object.keys(daily[0] ?? {}));
	expect(lines).toHaveLength(daily.length);
	for (const [i, { machine, models_used }] of daily.entries()) {
		expect(lines[i]).toContain(`,${machine},2026-03-04,`);
		expect(lines[i]).toContain((models_used as string[]).join("; "));
	}
});
