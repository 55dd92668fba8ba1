import { afterAll, describe, expect, test } from "bun:test";
import { usageJson } from "../../src/usage/usage-json.ts";
import { DAY, eventOf, HOUR, LAPTOP } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { rowOf } from "../support/naive-usage.ts";
import { startUsageServer, type Told, tellUsage, timesFrom } from "../support/usage-api.ts";

type Row = Record<string, number | string | null>;
type Answer = { rows: Row[]; totals: Record<string, number> };

const ZONE = "Europe/Berlin";
/** From before the clock is put forward until after it is put back. */
const YEAR = "range=custom&from=2026-03-01&to=2026-11-24";
const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const FORWARD = Date.UTC(2026, 2, 29, 0);
const BACK = Date.UTC(2026, 9, 25, 0);

const told: Told[] = [
	...tellUsage(timesFrom(FORWARD - 3 * DAY, 120), 3),
	...tellUsage(timesFrom(BACK - 2 * DAY, 60, 4), 4).map((response, n) => ({
		...response,
		key: eventOf({ id: `later_${n}` }).key,
	})),
	...[FORWARD, FORWARD + HOUR, BACK, BACK + HOUR].map((at, n) => ({
		...eventOf({ id: `edge_${n}`, at, model: "dear" }),
		from: LAPTOP,
	})),
];
const { server, alice, bob, setZone } = await startUsageServer(told);
await setZone(ZONE);
server.now = Date.UTC(2026, 10, 24, 12);

afterAll(() => expect(server.reported).toEqual([]));

const localOf = ({ at }: Told) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);

async function numbers(panel: string, query = YEAR): Promise<Answer> {
	const response = await alice.visit(`/api/views/patterns/${panel}?${query}`);
	expect(response.status).toBe(200);
	return (await response.json()) as Answer;
}

async function pageOf(query = YEAR, person = alice) {
	const response = await person.visit(`/patterns?${query}`);
	expect(response.status).toBe(200);
	return elementsOf(await response.text());
}

/** How many of each day of the week a stretch of days has, one by one. */
function countDays(from: string, to: string): number[] {
	const counts = new Array<number>(7).fill(0);
	let day = Temporal.PlainDate.from(from);
	while (Temporal.PlainDate.compare(day, to) <= 0) {
		counts[day.dayOfWeek - 1] = (counts[day.dayOfWeek - 1] ?? 0) + 1;
		day = day.add({ days: 1 });
	}
	return counts;
}

describe("the numbers of patterns", () => {
	test("have a row for each cell, counted in the plainest way, and their sum", async () => {
		const { rows, totals } = await numbers("heat");
		expect(rows).toHaveLength(7 * 24);
		const days = countDays("2026-03-01", "2026-11-24");
		for (const [i, row] of rows.entries()) {
			const [weekday, hour] = [Math.floor(i / 24), i % 24];
			const own = told.filter((response) => {
				const local = localOf(response);
				return local.dayOfWeek - 1 === weekday && local.hour === hour;
			});
			const naive = usageJson(rowOf(own, "calculate"));
			expect(row as unknown).toEqual({ weekday: NAMES[weekday], hour, days: days[weekday], ...naive });
		}
		expect(totals as unknown).toEqual(usageJson(rowOf(told, "calculate")));
	});

	test("of days and hours are sums of cells, and averages count every such day that has come", async () => {
		const [heat, weekdays, hours] = [
			(await numbers("heat")).rows,
			(await numbers("weekdays")).rows,
			(await numbers("hours")).rows,
		];
		const sum = (rows: readonly Row[], field: string) =>
			rows.reduce((total, row) => total + Number(row[field]), 0);
		for (const row of weekdays) {
			const own = heat.filter(({ weekday }) => weekday === row.weekday);
			expect(row.totalTokens).toBe(sum(own, "totalTokens"));
			expect(row.responses).toBe(sum(own, "responses"));
			expect(row.averageResponses).toBe(sum(own, "responses") / Number(row.days));
		}
		for (const row of hours) {
			expect(row.totalTokens).toBe(
				sum(
					heat.filter(({ hour }) => hour === row.hour),
					"totalTokens",
				),
			);
		}
		const ahead = await numbers("weekdays", "range=custom&from=2026-11-23&to=2026-12-31");
		expect(ahead.rows.map(({ days }) => days)).toEqual([1, 1, 0, 0, 0, 0, 0]);
		expect(ahead.rows[2]?.averageCost).toBeNull();
	});

	test("keep to the filters", async () => {
		const own = told.filter(({ project }) => project === "/home/ada/app");
		const { totals } = await numbers("heat", `${YEAR}&project=/home/ada/app`);
		expect(totals as unknown).toEqual(usageJson(rowOf(own, "calculate")));
	});

	test("tell streaks of local days, in the period and in all time", async () => {
		const days = [...new Set(told.map((response) => localOf(response).toPlainDate().toString()))].sort();
		const streaks: string[][] = [];
		for (const day of days) {
			const last = streaks.at(-1);
			const before = Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
			if (last?.at(-1) === before) last.push(day);
			else streaks.push([day]);
		}
		const longest = streaks.reduce((best, streak) => (streak.length >= best.length ? streak : best), []);
		const { rows } = await numbers("streaks", "range=custom&from=2026-03-26&to=2026-03-27");
		expect(rows).toEqual([
			{ streak: "longest in the period", days: 2, since: "2026-03-26", until: "2026-03-27" },
			{ streak: "current", days: 0, since: null, until: null },
			{ streak: "longest", days: longest.length, since: longest[0] ?? "", until: longest.at(-1) ?? "" },
		]);
	});

	test("are the same as CSV, one row a cell", async () => {
		const csv = await (await alice.visit(`/api/views/patterns/heat?${YEAR}&format=csv`)).text();
		expect(csv.trim().split("\r\n")).toHaveLength(7 * 24 + 1);
	});
});

describe("the page of patterns", () => {
	test("has a cell for each hour of the week, its numbers in words, in five steps, none for nothing", async () => {
		const page = await pageOf(`${YEAR}&metric=tokens`);
		const cells = byClass(page, "heat-cell");
		expect(cells).toHaveLength(7 * 24);
		const { rows } = await numbers("heat");
		for (const [i, row] of rows.entries()) {
			const isEmpty = row.totalTokens === 0;
			expect(cells[i]?.attributes.get("class")?.includes("heat-0")).toBe(isEmpty);
		}
		const steps = new Set(cells.map(({ attributes }) => attributes.get("class")));
		expect(steps.size).toBe(5);
		const titles = page.filter(({ tag }) => tag === "title").map(({ text }) => text);
		const most = rows.reduce((a, b) => (Number(b.totalTokens) > Number(a.totalTokens) ? b : a));
		const start = `${most.weekday} ${String(most.hour).padStart(2, "0")}:00`;
		expect(titles.some((title) => title.startsWith(start))).toBe(true);
		expect(plain(byClass(page, "heat-map-busiest")[0]?.text)).toStartWith(`Busiest: ${start}`);
	});

	test("tells the same numbers in its table", async () => {
		const page = await pageOf(`${YEAR}&metric=responses`);
		const table = page.find(
			({ tag, attributes }) => tag === "section" && attributes.get("aria-labelledby") === "heat-table",
		);
		const { rows } = await numbers("hours");
		for (const { hour, responses } of rows) {
			const name = `${String(hour).padStart(2, "0")}:00 – ${String(Number(hour) + 1).padStart(2, "0")}:00`;
			expect(plain(table?.text)).toContain(name);
			expect(Number(responses)).toBeGreaterThanOrEqual(0);
		}
		const island = JSON.parse(byId(page, "hours-data")?.text ?? "");
		expect(island.totals).toEqual(rows.map(({ responses }) => responses));
	});

	test("has none of what another person used", async () => {
		const text = plain((await pageOf(YEAR, bob)).find(({ tag }) => tag === "main")?.text);
		expect(text).toContain("Busiest: Monday 10:00 – 11:00");
	});

	test.each(["metric=days", "range=never", "from=2026-02-30"])(
		"is refused where its address cannot be meant: ?%s",
		async (query) => {
			expect((await alice.visit(`/patterns?${query}`)).status).toBe(422);
			expect((await alice.visit(`/api/views/patterns/heat?${query}`)).status).toBe(422);
		},
	);

	test("says where there is nothing, and what to do then", async () => {
		const empty = "range=custom&from=2026-06-01&to=2026-06-02";
		const text = plain((await pageOf(empty)).find(({ tag }) => tag === "main")?.text);
		expect(text).toContain("Nothing was used in these 2 days.");
		const filtered = await pageOf(`${YEAR}&project=/nowhere`);
		expect(plain(filtered.find(({ tag }) => tag === "main")?.text)).toContain("Nothing matches");
		expect(filtered.find(({ text }) => text === "Clear the filters")?.attributes.get("href")).toBe(
			"/patterns?range=custom&from=2026-03-01&to=2026-11-24",
		);
	});
});
