import { describe, expect, test } from "bun:test";
import type { Kept, Status } from "../../src/cli/collect/read-status.ts";
import { statusFacts } from "../../src/cli/collect/status-facts.ts";
import type { ScheduleState } from "../../src/cli/setup/read-setup.ts";
import type { LastRun } from "../../src/collector/last-run.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const SERVER = "https://usage.example";

const RUN: LastRun = {
	startedAt: "2026-11-24T11:56:59.000Z",
	finishedAt: "2026-11-24T11:57:00.000Z",
	exitCode: 0,
	trigger: "manual",
	lastSuccessAt: "2026-11-24T11:57:00.000Z",
};

const KEPT: Kept = {
	responses: 12_534,
	since: "2026-01-03",
	unsent: {
		server: SERVER,
		acknowledged: 7,
		events: 0,
		oldestAt: undefined,
		newestAt: undefined,
		byAge: { day: 0, week: 0, older: 0 },
	},
	ignored: 0,
	setAside: [],
	skipped: {},
};

const STATUS: Status = {
	home: "/home/ada/.promptpulse",
	isCollecting: false,
	lastRun: RUN,
	setup: { schedules: [], hooks: [], troubles: [] },
	server: SERVER,
	granularity: "all",
	kept: KEPT,
};

function linesOf(over: Partial<Status>, zone = "UTC"): Record<string, readonly string[]> {
	const facts = statusFacts({ ...STATUS, ...over }, zone, NOW);
	return Object.fromEntries(facts.map(({ label, lines }) => [label, lines]));
}

function unsentLine(unsent: Partial<Kept["unsent"]>, server: string | undefined = SERVER) {
	return linesOf({ server, kept: { ...KEPT, unsent: { ...KEPT.unsent, ...unsent } } }).Unsent;
}

test("a status tells the last collect, what is kept, what is not sent, and where the home is", () => {
	expect(linesOf({})).toEqual({
		"Last collect": ["2026-11-24 11:57, 3 min ago, by hand", "It ended well."],
		"Last success": ["2026-11-24 11:57, 3 min ago"],
		"By itself": ["Nothing is set up. Run promptpulse setup."],
		Kept: ["12,534 responses since 2026-01-03"],
		Unsent: ["Nothing: usage.example has everything."],
		Home: ["/home/ada/.promptpulse"],
	});
});

test("times are those of the machine's zone", () => {
	const told = linesOf({}, "Asia/Tokyo");
	expect(told["Last collect"]?.[0]).toBe("2026-11-24 20:57, 3 min ago, by hand");
	expect(told["Last success"]).toEqual(["2026-11-24 20:57, 3 min ago"]);
});

test("what reports alone have read is kept without a note, which it says", () => {
	expect(linesOf({ lastRun: undefined })["Last collect"]).toEqual([
		"None is noted: what is kept was read by reports or the dashboard, which leave no note.",
	]);
});

test("before anything was collected it says what to do", () => {
	expect(linesOf({ lastRun: undefined, kept: undefined })).toEqual({
		"Last collect": ["None is noted. Run promptpulse collect."],
		"By itself": ["Nothing is set up. Run promptpulse setup."],
		Kept: ["Nothing yet. Run promptpulse collect."],
		Home: ["/home/ada/.promptpulse"],
	});
});

test("an empty ledger keeps no response since no day", () => {
	expect(linesOf({ kept: { ...KEPT, responses: 0, since: undefined } }).Kept).toEqual(["0 responses"]);
});

test("a collect that is at work is told first", () => {
	expect(Object.entries(linesOf({ isCollecting: true }))[0]).toEqual([
		"Running",
		["A collect is at work right now."],
	]);
	expect(linesOf({})).not.toHaveProperty("Running");
});

describe("how the last collect ended", () => {
	test.each([
		[3, "refused the key"],
		[4, "could not be reached"],
		[5, "refused some events"],
		[6, "could not be read"],
	])("with %d is told in words", (exitCode, words) => {
		expect(linesOf({ lastRun: { ...RUN, exitCode } })["Last collect"]?.[1]).toContain(words);
	});

	test("is told in the sentence that it ended with, and the success before stays", () => {
		const error = "/home/ada/.promptpulse/prices.json cannot be read.";
		const lastSuccessAt = "2026-11-22T12:00:00.000Z";
		const told = linesOf({ lastRun: { ...RUN, exitCode: 7, trigger: "hook", error, lastSuccessAt } });
		expect(told["Last collect"]).toEqual(["2026-11-24 11:57, 3 min ago, by a hook", error]);
		expect(told["Last success"]).toEqual(["2026-11-22 12:00, 2 days ago"]);
	});

	test("is told in both where there are both", () => {
		const error = "The server usage.example answered 503.";
		expect(linesOf({ lastRun: { ...RUN, exitCode: 4, error } })["Last collect"]).toEqual([
			expect.any(String),
			"The server could not be reached: what is kept will be sent later.",
			error,
		]);
	});

	test("without any success says so", () => {
		expect(linesOf({ lastRun: { ...RUN, lastSuccessAt: undefined } })["Last success"]).toEqual([
			"None is noted.",
		]);
	});

	test("loses what a terminal would obey", () => {
		const error = "\x1b[2Jgone\u202e.";
		expect(linesOf({ lastRun: { ...RUN, exitCode: 1, error } })["Last collect"]?.at(-1)).toBe("[2Jgone.");
	});

	test("is told on a clock that was set back, too", () => {
		const finishedAt = "2026-11-24T13:00:00.000Z";
		expect(linesOf({ lastRun: { ...RUN, finishedAt } })["Last collect"]?.[0]).toBe(
			"2026-11-24 13:00, ahead of this machine's clock, by hand",
		);
	});
});

describe("what is not sent", () => {
	test("is told by age, ages without any left out", () => {
		expect(unsentLine({ events: 1_107, byAge: { day: 1_000, week: 100, older: 7 } })).toEqual([
			"1,107 responses for usage.example: 1,000 of the last day, 100 of the last week, 7 older",
		]);
		expect(unsentLine({ events: 1, byAge: { day: 0, week: 1, older: 0 } })).toEqual([
			"1 response for usage.example: 1 of the last week",
		]);
	});

	test("is everything for a server that was never reached, by age too", () => {
		const unsent = { server: undefined, events: 3, byAge: { day: 3, week: 0, older: 0 } };
		expect(unsentLine(unsent)).toEqual(["3 responses for usage.example: 3 of the last day"]);
	});

	test("is everything for another server than the one that has it", () => {
		expect(unsentLine({}, "https://new.example")).toEqual(["Everything: new.example is a new server."]);
	});

	test("is nothing where no server is set", () => {
		const { Unsent } = linesOf({ server: undefined });
		expect(Unsent).toEqual(["Nothing: no server is set."]);
	});
});

test("what a server refused is told reason by reason, and only if there is any", () => {
	const setAside = [
		{ code: "bad_time", events: 2, oldestAt: NOW },
		{ code: "on_\x1b[2Jmoon", events: 1, oldestAt: NOW },
		{ code: "constructor", events: 1, oldestAt: NOW },
	];
	expect(linesOf({ kept: { ...KEPT, setAside } })["Set aside"]).toEqual([
		"2 responses that the server refused: the time is missing or wrong",
		"1 response that the server refused: on_[2Jmoon",
		"1 response that the server refused: constructor",
	]);
	expect(linesOf({})).not.toHaveProperty("Set aside");
});

test("lines that could not be counted are told reason by reason, and only if there are any", () => {
	const skipped = { bad_json: 1_200, too_long: 1, "of\x1b[2J later": 2 };
	expect(linesOf({ kept: { ...KEPT, skipped } })["Not counted"]).toEqual([
		"1,200 lines: not whole JSON",
		"1 line: longer than 16 MB",
		"2 lines: of[2J later",
	]);
	expect(linesOf({})).not.toHaveProperty("Not counted");
});

describe("what collects by itself", () => {
	const SCHEDULE: ScheduleState = {
		scheduler: "cron",
		interval: "15",
		nextRunAt: Date.UTC(2026, 10, 24, 12, 7),
		isActive: true,
		isCurrent: true,
		pieces: [],
	};
	const told = (setup: Partial<Status["setup"]>, lastScheduledAt?: string) =>
		linesOf({ lastRun: { ...RUN, lastScheduledAt }, setup: { ...STATUS.setup, ...setup } })["By itself"];

	test("is told with its next run, and the last one that the scheduler began", () => {
		expect(told({ schedules: [SCHEDULE] })).toEqual([
			"Every 15 minutes by cron, next at 2026-11-24 12:07.",
			"Last by schedule: none is noted.",
		]);
		const daily: ScheduleState = { ...SCHEDULE, scheduler: "schtasks", interval: "daily" };
		expect(told({ schedules: [daily] }, "2026-11-23T12:00:00.000Z")).toEqual([
			"Once a day by the Task Scheduler, next at 2026-11-24 12:07.",
			"Last by schedule: 2026-11-23 12:00, 24 h 00 min ago.",
		]);
	});

	test("is told with what is amiss", () => {
		const off: ScheduleState = {
			...SCHEDULE,
			interval: undefined,
			nextRunAt: undefined,
			isActive: false,
			isCurrent: false,
		};
		expect(told({ schedules: [off], troubles: ["The \x1b[31mcrontab is odd."] })).toEqual([
			"At times that were changed by hand by cron.",
			"It is installed and does not run. Run promptpulse setup to start it again.",
			"It is not what this program would install here now. Run promptpulse setup to bring it to date.",
			"Last by schedule: none is noted.",
			"The [31mcrontab is odd.",
		]);
	});

	test("may be hooks", () => {
		const hook = { path: "/x", isSet: true, isCurrent: true };
		expect(told({ hooks: [hook] })).toEqual(["By Claude Code, after every answer."]);
		expect(told({ hooks: [{ ...hook, isCurrent: false }] })).toEqual([
			"By Claude Code in another way than this program would set. Run promptpulse setup --hook.",
		]);
	});
});
