import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clock } from "../../src/jobs/clock.ts";
import { mailReports } from "../../src/jobs/mail-reports.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { DAY, eventOf, HOUR, ingestAll, MINUTE, PRICES } from "../support/ledger.ts";
import { addReader, mailingTo, type Reader } from "../support/mailing.ts";
import { Random } from "../support/random.ts";
import { ResendServer } from "../support/resend.ts";
import { PATIENCE } from "../support/runs.ts";

const BEGIN = Date.UTC(2026, 0, 1);
const END = Date.UTC(2027, 0, 1);

/** Both hemispheres, half hours and quarters, and times that a change of the clock leaves out or brings twice. */
const READERS: readonly Reader[] = [
	["Europe/Berlin", "daily", 150],
	["America/New_York", "daily", 90],
	["Australia/Lord_Howe", "daily", 120],
	["Asia/Kolkata", "daily", 0],
	["Pacific/Auckland", "daily", 1_439],
	["Pacific/Kiritimati", "daily", 480],
	["Pacific/Pago_Pago", "daily", 481],
	["America/Santiago", "daily", 0],
	["America/St_Johns", "weekly", 420],
	["Asia/Kathmandu", "weekly", 1_200],
	["Africa/Cairo", "monthly", 30],
	["Asia/Tokyo", "monthly", 540],
].map(([zone, every, minute], i) => ({ user: i + 1, zone, every, minute }) as Reader);

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

async function addUsage(
	db: Database,
	user: number,
	zone: string,
	from: number,
	until: number,
): Promise<void> {
	const events = [];
	for (let at = from; at < until; at += 6 * HOUR) {
		events.push(eventOf({ id: `${user}-${at}`, at, countedAt: at, session: `s${user}` }));
	}
	await ingestAll({ db, user: { id: user, zone, horizon: 0 } }, events, { now: until, prices: PRICES });
}

/** A server, which looks whether something is due. */
function serverOn(db: Database, holder: string): Clock {
	const log = { info: () => undefined, error: (_event: string, fields: unknown) => failures.push(fields) };
	return new Clock(db, [mailReports(mailingTo(service))], holder, () => now, log);
}

let failures: unknown[] = [];
let dies = false;

/** The database of a server that may be killed when it has sent a mail, before it notes that. */
function mortal(db: Database): Database {
	return {
		all: (sql, parameters) => db.all(sql, parameters),
		get: (sql, parameters) => db.get(sql, parameters),
		batch: (batches) => db.batch(batches),
		transaction: (work) => db.transaction(work),
		close: () => db.close(),
		run: async (sql, parameters) => {
			if (dies && sql.startsWith("update mails set state")) throw new Error("killed");
			return db.run(sql, parameters);
		},
	};
}

/** The local date and time in a zone, by other means than the product's. */
function localTime(at: number, zone: string): { date: string; minute: number } {
	const parts = new Intl.DateTimeFormat("en-CA", {
		timeZone: zone,
		dateStyle: "short",
		timeStyle: "short",
		hourCycle: "h23",
	}).format(at);
	const [date = "", time = ""] = parts.split(", ");
	const [hour, minute] = time.split(":").map(Number);
	return { date, minute: (hour ?? 0) * 60 + (minute ?? 0) };
}

/** The local dates of all moments of the year at which a report is to come: each day, Monday or first of a month. */
function datesOf({ every, zone }: Reader): string[] {
	const dates = new Set<string>();
	for (let at = BEGIN; at < END; at += HOUR) dates.add(localTime(at, zone).date);
	return [...dates].filter((date) => {
		if (every === "daily") return true;
		return every === "weekly" ? new Date(date).getUTCDay() === 1 : date.endsWith("-01");
	});
}

describe.each([1, 2])(
	"over a year in twelve zones, on %i server(s) that are started anew thirty times,",
	(servers) => {
		test(
			"everyone gets each period's report once, at the local time that was asked for",
			async () => {
				const databases = await Promise.all(Array.from({ length: servers }, open));
				const [db] = databases as [Database];
				for (const reader of READERS) {
					await addReader(db, reader, BEGIN);
					await addUsage(db, reader.user, reader.zone, BEGIN - 40 * DAY, END);
				}
				const random = new Random(servers);
				let started = 0;
				let killed = 0;
				const start = () => databases.map((own) => serverOn(mortal(own), `server ${started++}`));
				let clocks = start();
				let restarts = Array.from({ length: 30 }, () => BEGIN + random.integer(1, 364 * 24 * 60) * MINUTE);
				while (now < END) {
					await Promise.all(clocks.map((clock) => clock.look()));
					// It is looked each minute; the minutes in which nothing is due are passed over.
					const due = await db.get<{ at: number }>(
						`select min(at) as at from (
						select report_next_at as at from preferences union all select next_at from mails
					)`,
					);
					now = Math.max(now + MINUTE, Math.ceil((due?.at ?? END) / MINUTE) * MINUTE);
					if (restarts.some((at) => at <= now)) {
						restarts = restarts.filter((at) => at > now);
						// Every other time it dies with a mail that the service has taken and it has not noted.
						dies = restarts.length % 2 === 0;
						await Promise.all(clocks.map((clock) => clock.look()));
						if (dies) killed++;
						dies = false;
						clocks = start();
					}
				}
				expect(killed).toBeGreaterThan(5);
				expect(failures.length).toBeGreaterThan(5);
				expect(failures.every((fields) => String(Object(fields).error) === "Error: killed")).toBe(true);
				expect(service.complaints).toEqual([]);
				for (const reader of READERS) {
					const own = service.taken.filter(({ to }) => to === `reader${reader.user}@mail.example`);
					const came = own.map(({ at }) => localTime(at, reader.zone));
					const wanted = datesOf(reader).filter((date) => came.length > 0 && date >= (came[0]?.date ?? ""));
					expect(came.map(({ date }) => date)).toEqual(wanted.slice(0, came.length));
					expect(wanted.length - came.length).toBeLessThanOrEqual(1);
					// A time that is left out comes an hour later, in Lord Howe half an hour.
					const late = came.map(({ minute }) => minute - reader.minute).filter((minutes) => minutes !== 0);
					expect(late.every((minutes) => minutes === 60 || minutes === 30)).toBe(true);
					expect(late.length).toBeLessThanOrEqual(1);
					expect(new Set(own.map(({ key }) => key)).size).toBe(own.length);
				}
				for (const own of databases) await own.close();
			},
			PATIENCE,
		);
	},
);

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
