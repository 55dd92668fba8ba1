import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { visitDashboard } from "../support/app.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/claude");
const MARCH = "range=custom&from=2026-03-01&to=2026-03-31";
const PANELS = ["series", "projects", "models", "machines", "sessions", "calendar", "block"];

async function visitFixtures() {
	const db = await emptyLedger();
	await collectFrom(db, FIXTURES);
	return visitDashboard(db);
}

describe("a panel's numbers", () => {
	test("are those that were worked out by hand", async () => {
		const { get } = await visitFixtures();
		const rows = async (panel: string) =>
			(await (await get(`/api/views/overview/${panel}?${MARCH}`)).json()).rows;
		expect(await rows("projects")).toMatchObject([
			{ project: "/home/ann/shop", totalCost: 1.2636058, responses: 6 },
			{ project: "/home/ann/my/app", totalCost: 0.0001791, responses: 3, unpricedResponses: 1 },
		]);
		expect(await rows("sessions")).toHaveLength(3);
		expect(await rows("machines")).toMatchObject([{ label: "laptop", responses: 9 }]);
		expect((await rows("series")).filter((row: { model: string }) => row.model === "")).toHaveLength(31);
	});

	test.each(PANELS)("come as JSON and as CSV, with the same rows: %s", async (panel) => {
		const { get } = await visitFixtures();
		const json = await get(`/api/views/overview/${panel}?${MARCH}`);
		expect(json.headers.get("content-type")).toBe("application/json; charset=utf-8");
		const { rows } = await json.json();
		const csv = await get(`/api/views/overview/${panel}?${MARCH}&format=csv`);
		expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
		expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="promptpulse-${panel}.csv"`);
		const lines = (await csv.text())
			.trim()
			.split("\r\n")
			.filter((line) => line !== "");
		expect(lines.length).toBe(rows.length === 0 ? 0 : rows.length + 1);
	});

	test("keep to the filter of the address", async () => {
		const { get } = await visitFixtures();
		const { totals } = await (
			await get(`/api/views/overview/models?${MARCH}&project=/home/ann/shop&model=!claude-opus-4-6`)
		).json();
		// The advisor in an opus response answered with a model of its own.
		expect(totals).toMatchObject({ responses: 3, totalCost: 1.2013308 + 0.0003 });
	});

	test("of all time begin with the first local day, also west of Greenwich", async () => {
		const evening = answer(1, { timestamp: "2026-11-10T02:00:00.000Z" });
		const later = answer(2, { timestamp: "2026-11-12T20:00:00.000Z" });
		await withTranscripts({ [MAIN]: [evening, later] }, async ({ db, collect }) => {
			await collect();
			const { get } = await visitDashboard(db, { zone: "America/New_York" });
			const body = await (await get("/api/views/overview/series?range=all")).json();
			expect(body).toMatchObject({ since: "2026-11-09", totals: { responses: 2 } });
		});
	});

	test("in a cell that a spreadsheet would run are text", async () => {
		const formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"];
		const lines = formulas.map((model, i) => answer(i, { model, timestamp: "2026-03-02T10:00:00.000Z" }));
		await withTranscripts({ [MAIN]: lines }, async ({ db, collect }) => {
			await collect();
			const { get } = await visitDashboard(db);
			const csv = await (await get(`/api/views/overview/models?${MARCH}&format=csv`)).text();
			for (const formula of formulas) {
				expect(csv).toContain(`'${formula}`);
				expect(csv).not.toMatch(new RegExp(`(^|,|")${RegExp.escape(formula)}`, "m"));
			}
		});
	});
});
