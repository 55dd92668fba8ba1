import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { saveOwnZone } from "../../src/ledger/accounts.ts";
import { saveReportChoice } from "../../src/ledger/report-times.ts";
import { findUser } from "../../src/ledger/users.ts";
import { DAY, eventOf, ingestAll } from "../support/ledger.ts";
import { emptyLedger } from "../support/scan.ts";
import { type Person, TestServer } from "../support/server.ts";
import { preferencesOf, SettingsStage, settingsOf, submit } from "../support/settings-stage.ts";
import { watched } from "../support/watched-database.ts";

let stage: SettingsStage;
let server: TestServer;
let ada: Person;
let alice: Person;

beforeEach(async () => {
	stage = await SettingsStage.open();
	({ server, ada, alice } = stage);
});

afterEach(() => stage.close());

describe("the week", () => {
	test("begins on Monday, or on the day that is chosen by the form or by the API", async () => {
		expect(await preferencesOf(alice)).toMatchObject({ week_start: "monday" });
		const saved = await submit(alice, "/settings/week", { week_start: "saturday" });
		expect([saved.status, saved.headers.get("location")]).toEqual([303, "/settings#days"]);
		expect(await preferencesOf(alice)).toMatchObject({ week_start: "saturday" });
		const options = (await settingsOf(alice)).filter(
			({ attributes }) => attributes.get("value") === "saturday",
		);
		expect(options.map(({ attributes }) => attributes.has("selected"))).toEqual([true]);
		const put = await alice.send("PUT", "/api/user/email-preferences", { week_start: "sunday" });
		expect(await put.json()).toMatchObject({ week_start: "sunday", timezone: "UTC" });
		expect(await preferencesOf(ada)).toMatchObject({ week_start: "monday" });
	});

	test("is none that is no day", async () => {
		for (const week_start of ["", "Monday", "6", "someday"]) {
			expect((await submit(alice, "/settings/week", { week_start })).status).toBe(422);
			expect((await alice.send("PUT", "/api/user/email-preferences", { week_start })).status).toBe(422);
		}
		expect(await preferencesOf(alice)).toMatchObject({ week_start: "monday" });
	});

	test("moves the weekly report to its first day, and is noted", async () => {
		await submit(alice, "/settings/reports", { every: "weekly", time: "08:00" });
		const weekdayOf = async () => new Date((await preferencesOf(alice)).next_report_at).getUTCDay();
		expect(await weekdayOf()).toBe(1);
		await submit(alice, "/settings/week", { week_start: "thursday" });
		expect(await weekdayOf()).toBe(4);
		expect(await (await alice.visit("/settings")).text()).toContain("Weekly ones come on Thursdays");
		const [entry] = (await (await alice.ask("/api/user/audit")).json()) as unknown[];
		expect(entry).toMatchObject({ action: "account.week", detail: { weekStart: "thursday" } });
	});

	test("and the time of reports heed what was chosen of them in the same moment", async () => {
		let meanwhile: (() => Promise<unknown>) | undefined;
		const db = await emptyLedger();
		const begun = async () => {
			const happens = meanwhile;
			meanwhile = undefined;
			await happens?.();
		};
		const racing = await TestServer.start({ db: watched(db, { begun }) });
		const carol = await racing.join("carol");
		const put = async (choice: object) =>
			(await carol.send("PUT", "/api/user/email-preferences", choice)).json();
		await put({ email_reports_enabled: true, preferred_time: "08:00" });
		meanwhile = () => db.transaction((tx) => saveOwnZone(tx, carol.account.user, "Asia/Tokyo"));
		expect(await put({ week_start: "thursday" })).toMatchObject({
			next_report_at: "2026-12-02T23:00:00.000Z",
			timezone: "Asia/Tokyo",
		});
		const monthly = { every: "monthly", last: "monthly", minute: 480, nextAt: racing.now + DAY } as const;
		meanwhile = () => db.transaction((tx) => saveReportChoice(tx, carol.account.user, monthly));
		expect(await put({ preferred_time: "09:00" })).toMatchObject({
			report_frequency: "monthly",
			preferred_time: "09:00",
			next_report_at: "2027-01-01T00:00:00.000Z",
		});
		expect(meanwhile).toBeUndefined();
	});

	test("orders the columns of the calendar and the days of Patterns, in pictures, tables and CSV", async () => {
		const events = Array.from({ length: 10 }, (_, i) =>
			eventOf({ id: `msg_${i}`, at: server.now - i * DAY }),
		);
		const user = await findUser(server.db, alice.account.user);
		if (!user) throw new Error("alice is not in the ledger");
		await ingestAll({ db: server.db, user }, events, { now: server.now });
		await submit(alice, "/settings/week", { week_start: "sunday" });
		const rowsOf = async (path: string) => (await (await alice.ask(path)).json()).rows;
		const days = await rowsOf("/api/views/patterns/weekdays");
		expect(days.map(({ weekday }: { weekday: string }) => weekday.slice(0, 2)).join(" ")).toBe(
			"Su Mo Tu We Th Fr Sa",
		);
		const csv = await (await alice.ask("/api/views/patterns/heat?format=csv")).text();
		expect(csv.split("\n")[1]).toStartWith("Sunday,0,");
		const [first] = await rowsOf("/api/views/overview/calendar");
		expect(new Date(first.date).getUTCDay()).toBe(0);
		const weeks = await rowsOf("/api/views/overview/series?range=12m");
		const starts = weeks.map(({ slot }: { slot: string }) => new Date(slot).getUTCDay());
		expect(new Set(starts)).toEqual(new Set([0]));
		const page = await (await alice.visit("/")).text();
		expect(page).toMatch(/calendar-days[^>]*><span>Sun<\/span><span>Tue<\/span><span>Thu<\/span>/);
		// The weekly figures of the older program are those of calendar weeks, whoever asks.
		const patterns = await (await alice.ask("/api/usage/analytics/patterns?period=week")).json();
		await submit(alice, "/settings/week", { week_start: "monday" });
		expect(await (await alice.ask("/api/usage/analytics/patterns?period=week")).json()).toEqual(patterns);
	});
});
