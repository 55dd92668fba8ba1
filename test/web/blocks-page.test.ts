import { describe, expect, test } from "bun:test";
import { usageJson } from "../../src/usage/usage-json.ts";
import { AT, DAY, DESKTOP, eventOf, HOUR, LAPTOP, MINUTE } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { rowOf } from "../support/naive-usage.ts";
import { saveReportedBlock } from "../support/reported.ts";
import { startUsageServer, type Told, tellUsage, timesFrom } from "../support/usage-api.ts";

type Row = Record<string, unknown> & { startTime: string; totalTokens: number };
type Answer = { rows: Row[]; totals: Record<string, number>; since: string };

const FIVE_HOURS = 5 * HOUR;
const DAYS = "range=custom&from=2026-03-01&to=2027-01-01";

type Cut = { start: number; all: Told[]; own: Told[]; before: Told | undefined };

/** Blocks over all responses, cut in the plainest way, and of each the responses that are asked for. */
function cut(responses: readonly Told[], isAsked: (response: Told) => boolean = () => true): Cut[] {
	const blocks: Cut[] = [];
	let before: Told | undefined;
	for (const response of responses.toSorted((a, b) => a.at - b.at)) {
		const open = blocks.at(-1);
		const goesOn =
			open && before && response.at - open.start <= FIVE_HOURS && response.at - before.at <= FIVE_HOURS;
		if (goesOn) open.all.push(response);
		else blocks.push({ start: response.at - (response.at % HOUR), all: [response], own: [], before });
		before = response;
	}
	return blocks
		.map((block) => ({ ...block, own: block.all.filter(isAsked) }))
		.filter(({ own }) => own.length > 0);
}

/** Rows of the list as they are to be, the latest first, without what names are in them. */
function naiveRows(blocks: readonly Cut[]) {
	return blocks.toReversed().map(({ start, all, own, before }) => {
		const [first, last] = [all[0]?.at ?? 0, all.at(-1)?.at ?? 0];
		const silence = before ? first - before.at : 0;
		return {
			startTime: new Date(start).toISOString(),
			endTime: new Date(start + FIVE_HOURS).toISOString(),
			firstActivity: new Date(first).toISOString(),
			lastActivity: new Date(last).toISOString(),
			isActive: false,
			reported: false,
			gapBeforeMs: silence > FIVE_HOURS ? silence - FIVE_HOURS : null,
			...usageJson(rowOf(own, "calculate")),
		};
	});
}

function withoutNames(rows: readonly Row[]) {
	return rows.map(({ machines: _, models: __, ...row }) => row);
}

const told = tellUsage(timesFrom(AT, 260), 7);
const { server, alice, bob, ingest } = await startUsageServer(told);

async function numbers(panel: string, query = DAYS): Promise<Answer> {
	const response = await alice.visit(`/api/views/blocks/${panel}?${query}`);
	expect(response.status).toBe(200);
	return (await response.json()) as Answer;
}

async function pageOf(query = DAYS, person = alice) {
	const response = await person.visit(`/blocks?${query}`);
	expect(response.status).toBe(200);
	return elementsOf(await response.text());
}

describe("the numbers of blocks", () => {
	test("are those of every block, counted in the plainest way, and their sum", async () => {
		const { rows, totals } = await numbers("history");
		expect(withoutNames(rows) as unknown[]).toEqual(naiveRows(cut(told)));
		expect(totals).toEqual(usageJson(rowOf(told, "calculate")) as unknown as typeof totals);
		expect((await numbers("bars")).rows.map(({ startTime }) => startTime)).toEqual(
			rows.map(({ startTime }) => startTime).reverse(),
		);
	});

	test.each<[string, string, (response: Told) => boolean]>([
		["a model", "model=dear", ({ model, extra }) => model === "dear" || extra !== undefined],
		["a project", "project=/home/ada/app", ({ project }) => project === "/home/ada/app"],
		["all but a machine", `machine=!${DESKTOP.uuid}`, ({ from }) => from !== DESKTOP],
	])("of %s are what is counted of it in the same blocks", async (what, filter, isAsked) => {
		const { rows } = await numbers("history", `${DAYS}&${filter}`);
		const blocks = cut(told, isAsked);
		expect(rows.map(({ startTime }) => startTime)).toEqual(
			blocks.toReversed().map(({ start }) => new Date(start).toISOString()),
		);
		if (what !== "a model") expect(withoutNames(rows) as unknown[]).toEqual(naiveRows(blocks));
	});

	test("of machines add up to their block", async () => {
		const [blocks, shares] = [(await numbers("history")).rows, (await numbers("shares")).rows];
		for (const { startTime, totalTokens } of blocks) {
			const own = shares.filter((share) => share.startTime === startTime);
			expect(own.reduce((sum, share) => sum + share.totalTokens, 0)).toBe(totalTokens);
		}
	});

	test("keep to the days in which blocks begin, and know the gap before the first of them", async () => {
		const all = naiveRows(cut(told));
		const last = all[0]?.startTime.slice(0, 10) ?? "";
		const { rows } = await numbers("history", `range=custom&from=${last}&to=${last}`);
		expect(withoutNames(rows) as unknown[]).toEqual(all.filter(({ startTime }) => startTime >= last));
		const first = naiveRows(cut(told)).filter(({ gapBeforeMs }) => gapBeforeMs !== null)[0];
		const day = first?.startTime.slice(0, 10) ?? "";
		const of = await numbers("history", `range=custom&from=${day}&to=${day}`);
		expect(of.rows.find(({ startTime }) => startTime === first?.startTime)?.gapBeforeMs).toBe(
			first?.gapBeforeMs,
		);
	});

	test("are the same as CSV", async () => {
		const csv = await (await alice.visit(`/api/views/blocks/history?${DAYS}&format=csv`)).text();
		expect(csv.trim().split("\r\n")).toHaveLength((await numbers("history")).rows.length + 1);
	});
});

describe("the page of blocks", () => {
	test("shows fifty, and leads to all others, each once", async () => {
		const seen: string[] = [];
		let query: string | undefined = DAYS;
		for (let pages = 0; query !== undefined && pages < 20; pages++) {
			const page = await pageOf(query);
			const rows = byClass(page, "blocks-start").map(({ text }) => plain(text));
			expect(rows.length).toBeLessThanOrEqual(50);
			seen.push(...rows);
			const next = page.find(({ tag, text }) => tag === "a" && text === "Earlier blocks");
			query = next?.attributes.get("href")?.split("?")[1];
		}
		expect(seen).toHaveLength(cut(told).length);
		expect(seen.length).toBeGreaterThan(50);
		expect(new Set(seen).size).toBe(seen.length);
	});

	test("tells the same sum as its numbers, and says what filters do", async () => {
		const { totals } = await numbers("history");
		const cost = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
		const sum = cost.format(totals.totalCost ?? 0);
		const text = plain((await pageOf()).find(({ tag }) => tag === "main")?.text);
		expect(text).toContain(`${cut(told).length} blocks, ≥ ${sum}`);
		expect(text).not.toContain("Filters choose");
		const filtered = plain(
			(await pageOf(`${DAYS}&project=/home/ada/app`)).find(({ tag }) => tag === "main")?.text,
		);
		expect(filtered).toContain("Filters choose what is counted in a block, not where it begins");
		expect(filtered).toContain("No active block. The next one starts with your next message.");
	});

	test("has none of what another person used", async () => {
		const rows = byClass(await pageOf(DAYS, bob), "blocks-start");
		expect(rows.map(({ text }) => plain(text))).toEqual(["Mon 2 Mar 10:00 – 15:00"]);
	});

	test.each(["metric=days", "after=soon", "range=never", "from=2026-02-30", "compare=all"])(
		"is refused where its address cannot be meant: ?%s",
		async (query) => {
			expect((await alice.visit(`/blocks?${query}`)).status).toBe(422);
			expect((await alice.visit(`/api/views/blocks/history?${query}`)).status).toBe(422);
		},
	);

	test("has reported totals in their places, marked, and counts them apart", async () => {
		const start = AT + 60 * DAY;
		for (const [label, block] of [
			["old", "b"],
			["old", "a"],
			["<b>older</b>", "c"],
		] as const) {
			await saveReportedBlock(server.db, alice.account.user, {
				label,
				block,
				started_at: start,
				ended_at: start + FIVE_HOURS,
				actual_end: start + HOUR,
			});
		}
		const days = `${DAYS}&metric=tokens`;
		const { rows, totals } = await numbers("history", days);
		const reported = rows.filter((row) => row.reported);
		expect(
			reported.map(({ machines, totalTokens, responses }) => [machines, totalTokens, responses]),
		).toEqual([
			["<b>older</b>", 10, 7],
			["old", 10, 7],
			["old", 10, 7],
		]);
		expect(rows.length - reported.length).toBe(cut(told).length);
		expect(totals.responses).toBe(told.length);
		const page = await pageOf(days);
		expect(byClass(page, "tag-reported").map(({ text }) => text)).toEqual(
			new Array(3).fill("Reported total"),
		);
		expect(plain(byClass(page, "blocks-foot")[0]?.text)).toContain("and 3 reported totals");
		// From one to the next they are walked one by one, too.
		const after = (place: unknown) =>
			numbers("history", `${DAYS}&after=${encodeURIComponent(JSON.stringify(place))}`);
		const rest = await after([start, "old", "a"]);
		expect(rest.rows.filter((row) => row.reported)).toHaveLength(1);
		// No project or model is known of them.
		expect((await numbers("history", `${DAYS}&model=cheap`)).rows.some((row) => row.reported)).toBe(false);
	});
});

describe("the running block", () => {
	test("tells what is left, what it has used, and goes on to what is projected, whatever the filters", async () => {
		const start = server.now - (server.now % HOUR) - 2 * HOUR;
		server.now = start + 2 * HOUR + 3 * MINUTE;
		const running = [0, 17, 61, 120].map(
			(minutes, n): Told => ({
				...eventOf({ id: `now_${n}`, at: start + (minutes + 1) * MINUTE, model: "dear", input: 1_000_000 }),
				from: n % 2 ? DESKTOP : LAPTOP,
			}),
		);
		await ingest(running);
		for (const query of [DAYS, `${DAYS}&project=/nowhere`, "range=custom&from=2026-03-01&to=2026-03-02"]) {
			const [active] = (await numbers("active", query)).rows;
			expect(active).toMatchObject({
				startTime: new Date(start).toISOString(),
				...usageJson(rowOf(running, "calculate")),
				remainingMinutes: 177,
			});
			const { rows: course } = await numbers("course", query);
			expect(course).toHaveLength(60);
			expect(course.reduce((sum, step) => sum + step.totalTokens, 0)).toBe(active?.totalTokens ?? 0);
			expect(course.findLast(({ runningCost }) => runningCost !== null)?.runningCost).toBe(active?.totalCost);
			expect(course.at(-1)?.projectedCost).toBe(active?.projectedCost);
			const page = await pageOf(query);
			const left = page.find(({ attributes }) => attributes.has("data-ends"));
			expect(left?.attributes.get("data-ends")).toBe(String(start + FIVE_HOURS));
			expect(left?.attributes.get("data-now")).toBe(String(server.now));
			expect(left?.text).toBe("2 h 57 m");
			expect(byClass(page, "block-hour-gone").map(({ attributes }) => attributes.get("width"))).toEqual([
				"100.0%",
				"100.0%",
				"5.0%",
				"0.0%",
				"0.0%",
			]);
		}
		const page = await pageOf(`${DAYS}&metric=tokens`);
		expect(byClass(page, "tag-active")).toHaveLength(1);
		expect(JSON.parse(byId(page, "bars-data")?.text ?? "")).toMatchObject({ shape: "bars", unit: "count" });
		expect(JSON.parse(byId(page, "course-data")?.text ?? "")).toMatchObject({ shape: "steps", partial: 24 });
		expect(server.reported).toEqual([]);
	});
});
