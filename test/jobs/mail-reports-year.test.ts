import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Database } from "../../src/ledger/database.ts";
import { DAY, HOUR, MINUTE } from "../support/ledger.ts";
import { addReader, addUsage, MailStage, type Reader } from "../support/mailing.ts";
import { Random } from "../support/random.ts";
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
	["Asia/Kathmandu", "weekly", 1_200, 6],
	["Africa/Cairo", "monthly", 30],
	["Asia/Tokyo", "monthly", 540],
].map(
	([zone, every, minute, weekStart = 0], i) => ({ user: i + 1, zone, every, minute, weekStart }) as Reader,
);

let stage: MailStage;

beforeEach(() => {
	stage = new MailStage(BEGIN);
});

afterEach(() => stage.close());

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

/** The local dates on which a report is to come: each day, first of a week or first of a month, at its time within the year. */
function datesOf({ every, zone, minute, weekStart = 0 }: Reader): string[] {
	const dates = new Set<string>();
	for (let at = BEGIN; at < END; at += HOUR) dates.add(localTime(at, zone).date);
	const [begun, ended] = [localTime(BEGIN, zone), localTime(END, zone)];
	return [...dates].filter((date) => {
		if (date === begun.date && minute <= begun.minute) return false;
		if (date === ended.date && minute >= ended.minute) return false;
		if (every === "daily") return true;
		return every === "weekly" ? new Date(date).getUTCDay() === (weekStart + 1) % 7 : date.endsWith("-01");
	});
}

describe.each([1, 2])(
	"over a year in twelve zones, on %i server(s) that are started anew thirty times,",
	(servers) => {
		test(
			"everyone gets each period's report once, at the local time that was asked for",
			async () => {
				const databases = await Promise.all(Array.from({ length: servers }, () => stage.open()));
				const [db] = databases as [Database];
				for (const reader of READERS) {
					await addReader(db, reader, BEGIN);
					await addUsage(db, reader.user, reader.zone, BEGIN - 40 * DAY, END);
				}
				const random = new Random(servers);
				let started = 0;
				let killed = 0;
				const start = () => databases.map((own) => stage.serverOn(mortal(own), `server ${started++}`));
				let clocks = start();
				let restarts = Array.from({ length: 30 }, () => BEGIN + random.integer(1, 364 * 24 * 60) * MINUTE);
				while (stage.now < END) {
					await Promise.all(clocks.map((clock) => clock.look()));
					// It is looked each minute; the minutes in which nothing is due are passed over.
					const due = await db.get<{ at: number }>(
						`select min(at) as at from (
						select report_next_at as at from preferences union all select next_at from mails
					)`,
					);
					stage.now = Math.max(stage.now + MINUTE, Math.ceil((due?.at ?? END) / MINUTE) * MINUTE);
					if (restarts.some((at) => at <= stage.now)) {
						restarts = restarts.filter((at) => at > stage.now);
						// Every other time it dies with a mail that the service has taken and it has not noted.
						dies = restarts.length % 2 === 0;
						await Promise.all(clocks.map((clock) => clock.look()));
						if (dies) killed++;
						dies = false;
						clocks = start();
					}
				}
				expect(killed).toBeGreaterThan(5);
				expect(stage.failures.length).toBeGreaterThan(5);
				expect(stage.failures.every((fields) => String(Object(fields).error) === "Error: killed")).toBe(true);
				expect(stage.service.complaints).toEqual([]);
				for (const reader of READERS) {
					const own = stage.service.taken.filter(({ to }) => to === `reader${reader.user}@mail.example`);
					const came = own.map(({ at }) => localTime(at, reader.zone));
					expect(came.map(({ date }) => date)).toEqual(datesOf(reader));
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
