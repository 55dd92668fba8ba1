import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clock } from "../../src/jobs/clock.ts";
import { mailReports, type ReportMailing } from "../../src/jobs/mail-reports.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { writeReportLetter } from "../../views/mail/report-letter.tsx";
import { DAY, HOUR, MINUTE } from "../support/ledger.ts";
import { addReader, addUsage, mailingTo, type Reader } from "../support/mailing.ts";
import { ResendServer } from "../support/resend.ts";

const BEGIN = Date.UTC(2026, 0, 1);

let service: ResendServer;
let folder: string;
let now: number;

beforeEach(() => {
	service = new ResendServer();
	service.now = () => now;
	folder = mkdtempSync(join(tmpdir(), "promptpulse-mail-"));
	now = BEGIN;
	failures = [];
});

afterEach(async () => {
	await service.stop();
	rmSync(folder, { recursive: true, force: true });
});

const open = () => openLedger(join(folder, "server.db"), BEGIN);

/** A server, which looks whether something is due. */
function serverOn(db: Database, holder: string): Clock {
	const log = { info: () => undefined, error: (_event: string, fields: unknown) => failures.push(fields) };
	return new Clock(db, [mailReports(mailingTo(service))], holder, () => now, log);
}

let failures: unknown[] = [];

describe("a report", () => {
	const reader: Reader = { user: 1, zone: "UTC", every: "daily", minute: 480 };
	let db: Database;
	let clock: Clock;

	beforeEach(async () => {
		db = await open();
		await addReader(db, reader, BEGIN);
		await addUsage(db, 1, "UTC", BEGIN - 3 * DAY, BEGIN + 3 * DAY);
		clock = serverOn(db, "one");
		now = BEGIN + 8 * HOUR;
	});

	afterEach(() => db.close());

	/** Looks every minute for so long. */
	async function wait(ms: number): Promise<void> {
		for (const until = now + ms; now < until; now += MINUTE) await clock.look();
	}

	const states = async () =>
		await db.all<{ state: string; attempts: number; error: string | null }>(
			"select state, attempts, error from mails",
		);

	test("tells what was used, has a link that ends them, and names no project in its head", async () => {
		await wait(MINUTE);
		const [mail] = service.taken;
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
		now = BEGIN + 7 * DAY;
		await wait(3 * DAY);
		expect(service.taken).toEqual([]);
		expect((await states()).map(({ state }) => state)).toEqual(["empty", "empty", "empty", "empty"]);
	});

	test.each(["busy", "away", "wrong key", "nonsense"] as const)(
		"waits while the service is %s, and comes then, once",
		async (mood) => {
			service.mood = mood;
			await wait(20 * MINUTE);
			expect(service.taken).toEqual([]);
			const [waiting] = await states();
			expect(waiting?.state).toBe("waiting");
			expect(waiting?.error).toMatch(/^The mail service .+\.$/);
			expect(service.requests).toBeLessThan(5);
			service.mood = "well";
			await wait(2 * HOUR);
			expect(service.taken).toHaveLength(1);
			expect((await states())[0]).toMatchObject({ state: "sent", error: null });
		},
	);

	test("is given up after a day of tries, and says why", async () => {
		service.mood = "away";
		await db.run("update preferences set report_next_at = ? where user = 1 and report_next_at is null", [
			now,
		]);
		await wait(23 * HOUR);
		service.mood = "well";
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
			if (letter.projects.length > 0 && service.taken.length === 0 && now < BEGIN + 8 * HOUR + MINUTE)
				throw new Error("no words for it");
			return writeReportLetter(letter, links);
		};
		const told: unknown[] = [];
		const log = { info: (_event: string, fields: unknown) => told.push(fields), error: failures.push };
		const faulty = new Clock(db, [mailReports({ ...mailingTo(service), write })], "one", () => now, log);
		await faulty.look();
		expect(told).toEqual([expect.objectContaining({ waiting: 1, fault: "Error: no words for it" })]);
		now += MINUTE;
		await faulty.look();
		expect(service.taken.map(({ to }) => to).sort()).toEqual([
			"reader1@mail.example",
			"reader2@mail.example",
		]);
	});

	test("that the service will never take is not tried again", async () => {
		service.mood = "refuses";
		await wait(3 * HOUR);
		expect(service.requests).toBe(1);
		expect(await states()).toEqual([
			{ state: "failed", attempts: 1, error: "The mail service answered 422: Invalid `to` field." },
		]);
	});

	test("whose answer was lost comes once all the same", async () => {
		service.mood = "loses the answer";
		await wait(MINUTE);
		service.mood = "well";
		await wait(HOUR);
		expect(service.taken).toHaveLength(1);
		expect(service.requests).toBe(2);
		expect((await states())[0]).toMatchObject({ state: "sent", attempts: 2 });
	});

	test("bears a key that no other server's mail has", async () => {
		await wait(MINUTE);
		expect(service.taken.map(({ key }) => key)).toEqual(["report-id1-daily-2025-12-31"]);
	});

	test("is left for another time by a server that is about to stop", async () => {
		await mailReports(mailingTo(service)).run(db, now + 9 * HOUR, () => true);
		expect(service.requests).toBe(0);
		expect(await states()).toEqual([{ state: "waiting", attempts: 0, error: null }]);
	});

	test("is told of the latest day alone after a longer silence", async () => {
		now = BEGIN + 3 * DAY + 9 * HOUR;
		await wait(MINUTE);
		expect(service.taken.map(({ subject }) => subject)).toEqual(["Claude Code, Sat 3 Jan 2026: <$0.01"]);
	});

	test.each([
		["whose address is not confirmed any more", "update accounts set email = 'other@mail.example'"],
		["who may do nothing any more", "update accounts set disabled_at = 1"],
	])("does not go to somebody %s", async (_who, change) => {
		await db.run(change);
		await wait(HOUR);
		expect(service.requests).toBe(0);
		expect(await states()).toEqual([]);
	});
});
