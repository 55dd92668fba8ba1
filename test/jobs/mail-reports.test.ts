import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Clock } from "../../src/jobs/clock.ts";
import { mailReports, type ReportMailing } from "../../src/jobs/mail-reports.ts";
import type { Database } from "../../src/ledger/database.ts";
import { writeReportLetter } from "../../views/mail/report-letter.tsx";
import { DAY, HOUR, MINUTE } from "../support/ledger.ts";
import { addReader, addUsage, MailStage, mailingTo, type Reader } from "../support/mailing.ts";

const BEGIN = Date.UTC(2026, 0, 1);

let stage: MailStage;

beforeEach(() => {
	stage = new MailStage(BEGIN);
});

afterEach(() => stage.close());

describe("a report", () => {
	const reader: Reader = { user: 1, zone: "UTC", every: "daily", minute: 480 };
	let db: Database;
	let clock: Clock;

	beforeEach(async () => {
		db = await stage.open();
		await addReader(db, reader, BEGIN);
		await addUsage(db, 1, "UTC", BEGIN - 3 * DAY, BEGIN + 3 * DAY);
		clock = stage.serverOn(db, "one");
		stage.now = BEGIN + 8 * HOUR;
	});

	afterEach(() => db.close());

	/** Looks every minute for so long. */
	async function wait(ms: number): Promise<void> {
		for (const until = stage.now + ms; stage.now < until; stage.now += MINUTE) await clock.look();
	}

	const states = async () =>
		await db.all<{ state: string; attempts: number; error: string | null }>(
			"select state, attempts, error from mails",
		);

	test("tells what was used, has a link that ends them, and names no project in its head", async () => {
		await wait(MINUTE);
		const [mail] = stage.service.taken;
		expect(mail?.subject).toBe("Claude Code, Wed 31 Dec 2025: <$0.01");
		expect(mail?.text).toContain("Responses: 4");
		expect(mail?.text).toContain("app: <$0.01");
		expect(mail?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
		expect(mail?.headers["List-Unsubscribe"]).toMatch(
			/^<https:\/\/usage\.example\/mail\/stop\/[0-9A-Za-z]{43}>$/,
		);
		expect(mail?.html).not.toMatch(/<(?:img|script|link)|src=/);
		expect(await states()).toEqual([{ state: "sent", attempts: 1, error: null }]);
	});

	test("does not come where nothing was used", async () => {
		stage.now = BEGIN + 7 * DAY;
		await wait(3 * DAY);
		expect(stage.service.taken).toEqual([]);
		expect((await states()).map(({ state }) => state)).toEqual(["empty", "empty", "empty", "empty"]);
	});

	test.each(["busy", "away", "wrong key", "nonsense"] as const)(
		"waits while the service is %s, and comes then, once",
		async (mood) => {
			stage.service.mood = mood;
			await wait(20 * MINUTE);
			expect(stage.service.taken).toEqual([]);
			const [waiting] = await states();
			expect(waiting?.state).toBe("waiting");
			expect(waiting?.error).toMatch(/^The mail service .+\.$/);
			expect(stage.service.requests).toBeLessThan(5);
			stage.service.mood = "well";
			await wait(2 * HOUR);
			expect(stage.service.taken).toHaveLength(1);
			expect((await states())[0]).toMatchObject({ state: "sent", error: null });
		},
	);

	test("is given up after a day of tries, and says why", async () => {
		stage.service.mood = "away";
		await db.run("update preferences set report_next_at = ? where user = 1 and report_next_at is null", [
			stage.now,
		]);
		await wait(23 * HOUR);
		stage.service.mood = "well";
		const [first] = await states();
		expect(first).toEqual({
			state: "failed",
			attempts: 7,
			error: "The mail service answered 503: Service unavailable.",
		});
	});

	test("that cannot be written holds up nobody else's", async () => {
		const other: Reader = { user: 2, zone: "UTC", every: "daily", minute: 481 };
		await addReader(db, other, BEGIN);
		await addUsage(db, 2, "UTC", BEGIN - 3 * DAY, BEGIN);
		const write: ReportMailing["write"] = (letter, links) => {
			if (
				letter.projects.length > 0 &&
				stage.service.taken.length === 0 &&
				stage.now < BEGIN + 8 * HOUR + MINUTE
			)
				throw new Error("no words for it");
			return writeReportLetter(letter, links);
		};
		const told: unknown[] = [];
		const log = { info: (_event: string, fields: unknown) => told.push(fields), error: stage.failures.push };
		const faulty = new Clock(
			db,
			[mailReports({ ...mailingTo(stage.service), write })],
			"one",
			() => stage.now,
			log,
		);
		await faulty.look();
		expect(told).toEqual([expect.objectContaining({ waiting: 1, fault: "Error: no words for it" })]);
		stage.now += MINUTE;
		await faulty.look();
		expect(stage.service.taken.map(({ to }) => to).sort()).toEqual([
			"reader1@mail.example",
			"reader2@mail.example",
		]);
	});

	test("that the service will never take is not tried again", async () => {
		stage.service.mood = "refuses";
		await wait(3 * HOUR);
		expect(stage.service.requests).toBe(1);
		expect(await states()).toEqual([
			{ state: "failed", attempts: 1, error: "The mail service answered 422: Invalid `to` field." },
		]);
	});

	test("whose answer was lost comes once all the same", async () => {
		stage.service.mood = "loses the answer";
		await wait(MINUTE);
		stage.service.mood = "well";
		await wait(HOUR);
		expect(stage.service.taken).toHaveLength(1);
		expect(stage.service.requests).toBe(2);
		expect((await states())[0]).toMatchObject({ state: "sent", attempts: 2 });
	});

	test("bears a key that no other server's mail has", async () => {
		await wait(MINUTE);
		expect(stage.service.taken.map(({ key }) => key)).toEqual(["report-id1-daily-2025-12-31"]);
	});

	test("is left for another time by a server that is about to stop", async () => {
		await mailReports(mailingTo(stage.service)).run(db, stage.now + 9 * HOUR, () => true);
		expect(stage.service.requests).toBe(0);
		expect(await states()).toEqual([{ state: "waiting", attempts: 0, error: null }]);
	});

	test("comes at its time again when a clock that ran years ahead is put right", async () => {
		const right = stage.now;
		stage.now += 4 * 365 * DAY;
		await clock.look();
		const nextAt = async () =>
			(await db.get<{ at: number }>("select report_next_at as at from preferences"))?.at ?? 0;
		expect(await nextAt()).toBeGreaterThan(right + 4 * 365 * DAY);
		stage.now = right + DAY;
		await clock.look();
		expect(await nextAt()).toBe(right + 2 * DAY);
		stage.now = right + 2 * DAY;
		await clock.look();
		expect(stage.service.taken.map(({ subject }) => subject)).toEqual([
			"Claude Code, Fri 2 Jan 2026: <$0.01",
		]);
	});

	test("is told of the latest day alone after a longer silence", async () => {
		stage.now = BEGIN + 3 * DAY + 9 * HOUR;
		await wait(MINUTE);
		expect(stage.service.taken.map(({ subject }) => subject)).toEqual([
			"Claude Code, Sat 3 Jan 2026: <$0.01",
		]);
	});

	test.each([
		["whose address is not confirmed any more", "update accounts set email = 'other@mail.example'"],
		["who may do nothing any more", "update accounts set disabled_at = 1"],
	])("does not go to somebody %s", async (_who, change) => {
		await db.run(change);
		await wait(HOUR);
		expect(stage.service.requests).toBe(0);
		expect(await states()).toEqual([]);
	});
});
