import { beforeEach, describe, expect, test } from "bun:test";
import {
	AT,
	addUser,
	collectAll,
	dumpLedger,
	type EventOptions,
	eventOf,
	MINUTE,
	NOW,
	openTestLedger,
	type Seen,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";
import { OWN_CHANGES } from "../support/test-database.ts";

const FOLDER = "-home-ada-app";
const APP = "/home/ada/app";
/** Another directory with the same folder. */
const TWIN = "/home/ada-app";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** A line of a transcript in the folder, with an answer of its own. */
function line(id: string, cwd: string | undefined, part: EventOptions & { isMain?: boolean } = {}): Seen {
	const { isMain = true, ...event } = part;
	return { event: eventOf({ id, folder: FOLDER, ...event }), cwd, isMain };
}

function subagentLine(id: string, cwd: string, part: EventOptions = {}): Seen {
	return line(id, cwd, { ...part, isMain: false });
}

/** The project of each answer by its message id, and a look at whether the rollups follow. */
async function projects(of = ledger): Promise<Record<string, unknown>> {
	const dump = await dumpLedger(of.db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, of.user.zone));
	const idOf = new Map(["a", "b", "c", "d"].map((id) => [eventOf({ id }).key, id]));
	return Object.fromEntries(dump.events.map((row) => [idOf.get(String(row.key)), row.project]));
}

/** Whatever the order and the batches of lines, the projects are these, and the ledgers are the same. */
async function expectProjects(lines: Seen[], expected: Record<string, string>): Promise<void> {
	const apart = lines.map((one) => [one]);
	const ways = [[lines], [lines.toReversed()], apart, apart.toReversed(), [...apart, lines]];
	const dumps = [];
	for (const batches of ways) {
		const one = await openTestLedger();
		for (const batch of batches) await collectAll(one, batch);
		expect(await projects(one)).toEqual(expected);
		dumps.push(await dumpLedger(one.db));
	}
	for (const dump of dumps) expect(dump).toEqual(dumps[0] as (typeof dumps)[0]);
}

describe("the project of a session in a folder, whatever the order of lines, is", () => {
	test("the directory that the folder is named after", async () => {
		await expectProjects(
			[line("a", "/tmp"), line("b", APP, { at: AT + 1 }), line("c", `${APP}/src`, { at: AT + 2 })],
			{
				a: APP,
				b: APP,
				c: APP,
			},
		);
	});

	test("the first of several such directories", async () => {
		await expectProjects([line("a", TWIN, { at: AT + 1 }), line("b", APP)], { a: APP, b: APP });
	});

	test("what its main transcript says before a sub-agent's, though that is earlier", async () => {
		await expectProjects([subagentLine("a", TWIN), line("b", APP, { at: AT + 1 })], { a: APP, b: APP });
	});

	test("each session's own, where both name such a directory", async () => {
		await expectProjects([line("a", APP), line("b", TWIN, { session: "s2" })], { a: APP, b: TWIN });
	});

	test("another session's, where it names none that fits", async () => {
		await expectProjects(
			[line("a", "/tmp"), line("b", TWIN, { session: "s2", at: AT + 1 }), line("c", APP, { session: "s3" })],
			{ a: APP, b: TWIN, c: APP },
		);
	});

	test("its first directory, where no session names one that fits", async () => {
		await expectProjects(
			[line("a", "/usr", { at: AT + 1 }), line("b", "/tmp"), line("c", undefined, { session: "s2" })],
			{
				a: "/tmp",
				b: "/tmp",
				c: FOLDER,
			},
		);
	});

	test("another one in another folder", async () => {
		await expectProjects(
			[line("a", APP), line("b", APP, { folder: "-tmp" }), line("c", "/tmp", { folder: "-tmp" })],
			{
				a: APP,
				b: "/tmp",
				c: "/tmp",
			},
		);
	});

	test("none outside folders, where no directory is named", async () => {
		await expectProjects(
			[line("a", undefined, { folder: "" }), line("b", "/tmp", { folder: "", session: "s2" })],
			{
				a: "",
				b: "/tmp",
			},
		);
	});

	test("kept as a name is", async () => {
		const long = `/tmp/\u0007${"x".repeat(300)}`;
		await expectProjects([line("a", long), line("b", "/tmp/😀\ud83d", { session: "s2", folder: "-" })], {
			a: `/tmp/${"x".repeat(251)}`,
			b: "/tmp/😀\ufffd",
		});
	});
});

describe("a response that several folders tell of", () => {
	const original = line("a", APP);
	const copy = line("a", "/tmp", { folder: "-tmp", session: "s2", fork: true });

	test("belongs to the project of its first line's folder", async () => {
		await expectProjects([original, copy], { a: APP });
	});

	test("moves with its first line, not with the folder it was seen in before", async () => {
		await collectAll(ledger, [copy]);
		expect(await projects()).toEqual({ a: "/tmp" });
		await collectAll(ledger, [original]);
		expect(await projects()).toEqual({ a: APP });
		await collectAll(ledger, [line("b", "/tmp-", { folder: "-tmp-", session: "s2" })]);
		expect(await projects()).toEqual({ a: APP, b: "/tmp-" });
	});

	test("of equal rank belongs to the same one, whatever the order", async () => {
		await expectProjects([line("a", APP), line("a", "/tmp", { folder: "-tmp", branch: "dev" })], { a: APP });
	});
});

describe("a later line that changes the answer", () => {
	const lines = [line("a", "/tmp"), line("b", "/usr", { session: "s2" }), line("c", TWIN, { session: "s3" })];

	function changeNumbers(): Promise<object[]> {
		return ledger.db.all(
			`select e.change, s.name as session, p.name as project
			from events as e join sessions as s on s.id = e.session join projects as p on p.id = e.project
			order by e.change`,
		);
	}

	test("moves the responses of its session, which get new change numbers, and no others", async () => {
		await collectAll(ledger, lines);
		await collectAll(ledger, [line("d", "/home/ada.app", { session: "s2", at: AT + MINUTE })]);
		expect(await changeNumbers()).toEqual([
			{ change: 1, session: "s1", project: TWIN },
			{ change: 3, session: "s3", project: TWIN },
			{ change: 4, session: "s2", project: "/home/ada.app" },
			{ change: 5, session: "s2", project: "/home/ada.app" },
		]);
		await projects();
	});

	test("moves nothing of its session that stands in another folder", async () => {
		await collectAll(ledger, [line("a", "/tmp"), line("b", "/usr", { folder: "-usr" })]);
		await collectAll(ledger, [line("c", APP)]);
		expect(await changeNumbers()).toEqual([
			{ change: 2, session: "s1", project: "/usr" },
			{ change: 3, session: "s1", project: APP },
			{ change: 4, session: "s1", project: APP },
		]);
	});

	test("moves those of other sessions in the folder too, where they had no better answer", async () => {
		await collectAll(ledger, lines);
		await collectAll(ledger, [line("d", APP, { session: "s3", at: AT - MINUTE })]);
		expect(await projects()).toEqual({ a: APP, b: APP, c: APP, d: APP });
		expect((await changeNumbers()).length).toBe(4);
		expect(
			await ledger.db.get<object>("select min(change) as first, max(change) as last from events"),
		).toEqual({
			first: 4,
			last: 7,
		});
	});

	test("moves them with what else they hold: extra parts, unpriced models, replays in no sum", async () => {
		const extra = [
			{ model: "unheard-of", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 },
		];
		const replay = { sidechain: true, request: "req_2" };
		await collectAll(ledger, [line("a", "/tmp", { extra, webSearches: 2 }), line("a", "/tmp", replay)]);
		const before = await dumpLedger(ledger.db);
		await collectAll(ledger, [line("b", APP, { session: "s2" })]);
		const { events } = await dumpLedger(ledger.db);
		const { key } = eventOf({ id: "b" });
		expect(events.filter((row) => row.key !== key)).toEqual(
			before.events.map((row) => ({ ...row, project: APP })),
		);
		expect(events.filter((row) => row.replay === 1)).toHaveLength(1);
		await projects();
	});

	test("moves nothing of another person's folder of the same name", async () => {
		const second = { ...ledger, user: await addUser(ledger.db, { id: 2 }) };
		await collectAll(ledger, [line("a", "/tmp")]);
		const before = await dumpLedger(ledger.db);
		await collectAll(second, [line("a", "/usr"), line("b", APP, { session: "s2" })]);
		const { events } = await dumpLedger(ledger.db);
		expect(events.filter((row) => row.user === 1)).toEqual(before.events);
		expect(events.filter((row) => row.user === 2)).toMatchObject([{ project: APP }, { project: APP }]);
	});
});

test("lines that are read again write nothing but when the machine was last seen", async () => {
	const lines = [
		line("a", "/tmp"),
		line("b", APP, { session: "s2" }),
		subagentLine("c", TWIN),
		line("d", undefined),
	];
	await collectAll(ledger, lines);
	const before = await dumpLedger(ledger.db);
	const changes = () =>
		ledger.db.get<{ n: number }>("select total_changes() as n").then((row) => row?.n ?? 0);
	const changesBefore = await changes();
	await collectAll(ledger, lines.toReversed(), { now: NOW + 1 });
	expect(await changes()).toBe(changesBefore + OWN_CHANGES + 1);
	expect(await dumpLedger(ledger.db)).toEqual(before);
});
