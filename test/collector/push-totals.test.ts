import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { saveZone } from "../../src/ledger/users.ts";
import { listBlocks } from "../../src/reports/blocks.ts";
import { listDays } from "../../src/reports/days.ts";
import { listReportedBlocks, listReportedDays, listReportedSessions } from "../../src/reports/reported.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { ProjectRules } from "../../src/usage/project-rules.ts";
import { cacheWrites, totalTokens, type Usage } from "../../src/usage/usage.ts";
import {
	AT,
	DAY,
	DESKTOP,
	eventOf,
	ingestAll,
	LAPTOP,
	MINUTE,
	machineNamed,
	openTestLedger,
} from "../support/ledger.ts";
import {
	ALL_USAGE,
	KINDS,
	type Left,
	pushTotalsAs,
	recordsOf,
	responses,
	TotalsStage,
	watchedNetwork,
} from "../support/pushing-totals.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";

setDefaultTimeout(PATIENCE);

let stage: TotalsStage;

beforeEach(async () => {
	stage = await TotalsStage.set();
});

const asker = () => ({ id: stage.alice.account.user, zone: "UTC" });

/** What both ends have of usage. */
const countedOf = (usage: Usage) => ({
	input: usage.input,
	output: usage.output,
	cacheWrite: cacheWrites(usage),
	cacheRead: usage.cacheRead,
	total: totalTokens(usage),
	costNanoUsd: usage.costNanoUsd,
});

describe("what is sent", () => {
	test("comes to what this machine's own reports say, of each kind", async () => {
		await ingestAll(stage.ledger, responses(40));
		for (const kind of KINDS) expect(await stage.send({ kind })).toMatchObject({ unsent: 0, setAside: {} });
		const own = { id: 1, zone: "UTC" };
		const days = await listDays(stage.ledger.db, own, ALL_USAGE);
		expect(
			(await listReportedDays(stage.server.db, asker(), ALL_USAGE)).map(({ breakdowns, ...row }) => ({
				...row,
				models: [],
			})),
		).toEqual(
			days.map((day) => ({
				day: Date.parse(day.day) / DAY,
				label: "laptop",
				models: [],
				...countedOf(day),
			})) as never,
		);
		const sessions = await listSessions(stage.ledger.db, own, ALL_USAGE);
		const there = await listReportedSessions(stage.server.db, asker(), ALL_USAGE);
		expect(there.toReversed()).toMatchObject(
			sessions.map((session) => ({
				session: session.session,
				project: session.project,
				startedAt: session.firstAt,
				lastAt: session.lastAt,
				...countedOf(session),
			})),
		);
		const blocks = await listBlocks(stage.ledger.db, own, ALL_USAGE, 0);
		expect((await listReportedBlocks(stage.server.db, asker(), ALL_USAGE)).toReversed()).toMatchObject(
			blocks.map((block) => ({
				block: new Date(block.start).toISOString(),
				start: block.start,
				end: block.end,
				lastAt: block.lastAt,
				entries: Number(block.responses),
				models: block.models,
				...countedOf(block),
			})),
		);
	});

	test("is nothing finer than the totals that were asked for", async () => {
		await ingestAll(stage.ledger, responses(6));
		for (const kind of KINDS) {
			stage.left = [];
			await stage.send({ kind });
			const paths = new Set(stage.left.map(({ path }) => path));
			paths.delete("/api/auth/validate");
			const noun = { daily: "daily", session: "sessions", blocks: "blocks" }[kind];
			expect([...paths]).toEqual([`/api/usage/${noun}/batch`]);
		}
		for (const { body } of stage.left) expect(body).not.toMatch(/msg_|main|branch|session-0/);
	});

	test("is by days of the zone in which they were first sent, wherever the machine goes", async () => {
		await ingestAll(stage.ledger, [eventOf({ at: Date.UTC(2026, 2, 2, 23) })]);
		await stage.send();
		stage.ledger.user = await stage.ledger.db.transaction((tx) =>
			saveZone(tx, stage.ledger.user, "Asia/Kolkata"),
		);
		await ingestAll(stage.ledger, [eventOf({ id: "late", at: Date.UTC(2026, 2, 2, 23, 30) })]);
		await stage.send();
		expect(recordsOf(stage.left).map(({ date }) => date)).toEqual(["2026-03-02", "2026-03-02"]);
		expect(await stage.days()).toEqual([["2026-03-02", "laptop", 200]]);
	});

	test("leaves out what is older than the moment that is given", async () => {
		await ingestAll(stage.ledger, responses(30));
		await stage.send({ since: AT + DAY });
		await stage.send({ kind: "session", since: AT + DAY });
		const records = recordsOf(stage.left);
		expect(records.map(({ date }) => date).filter(Boolean)).toEqual(["2026-03-03", "2026-03-04"]);
		for (const { start_time } of records.slice(2))
			expect(Date.parse(String(start_time))).toBeGreaterThanOrEqual(AT + DAY);
		expect(recordsOf(stage.left)[0]).toMatchObject({ total_tokens: expect.any(Number) });
	});

	test("knows nothing of projects that are ignored, not even by where a block begins", async () => {
		const rules = new ProjectRules([["/home/dev/secret", { ignore: true }]]);
		const privacy = { userHome: "/home/dev", setting: "full", rules } as const;
		await ingestAll(stage.ledger, responses(24));
		const others = await openTestLedger();
		await ingestAll(
			others,
			responses(24).filter(({ project }) => project === "/home/dev/app"),
		);
		const bob = await stage.server.join("bob");
		for (const kind of KINDS) {
			stage.left = [];
			await stage.send({ kind, privacy });
			const told = recordsOf(stage.left);
			const alone: Left[] = [];
			await pushTotalsAs(bob, stage.server, others.db, {
				kind,
				network: watchedNetwork(stage.server, alone),
			});
			expect(told).toEqual(recordsOf(alone));
			expect(JSON.stringify(told)).not.toContain("secret");
		}
	});

	test.each([
		["basename", { setting: "basename" }, ["tool", "app"]],
		["none", { setting: "none" }, [null, null]],
		[
			"an alias",
			{ setting: "none", rules: new ProjectRules([["/home/dev/app", { alias: "client" }]]) },
			[null, "client"],
		],
	] as const)("names projects of sessions as they may be named: %s", async (_what, setting, names) => {
		await ingestAll(stage.ledger, [
			eventOf({ id: "1", session: "s1", project: "/home/dev/secret/tool" }),
			eventOf({ id: "2", session: "s2", at: AT + 1, project: "/home/dev/app" }),
		]);
		await stage.send({ kind: "session", privacy: { userHome: "/home/dev", ...setting } });
		expect(recordsOf(stage.left).map(({ project_path }) => project_path)).toEqual([...names]);
		for (const { body } of stage.left) expect(body).not.toContain("/home");
	});
});

describe("what has not changed", () => {
	test("is not sent again, and where nothing has, nobody is asked", async () => {
		await ingestAll(stage.ledger, responses(20));
		for (const kind of KINDS) {
			await stage.send({ kind });
			stage.left = [];
			const again = await stage.send({ kind });
			expect(again).toMatchObject({ sent: 0, unsent: 0, stop: undefined });
			expect(again.found).toBeGreaterThan(0);
			expect(stage.left).toEqual([]);
		}
	});

	test("stays where it is when a day goes on: that one alone is sent, in place of the one before", async () => {
		await ingestAll(stage.ledger, responses(20));
		expect(await stage.send()).toMatchObject({ found: 3, sent: 3 });
		await ingestAll(stage.ledger, responses(1, 20));
		stage.left = [];
		expect(await stage.send()).toMatchObject({ found: 3, sent: 1 });
		expect(recordsOf(stage.left).map(({ date }) => date)).toEqual(["2026-03-04"]);
		expect(await stage.days()).toHaveLength(3);
	});

	test("counts as changed when it costs something that had no price", async () => {
		await ingestAll(stage.ledger, responses(3));
		await stage.send();
		await stage.ledger.db.run("update person_months set cost = cost + 5");
		await stage.ledger.db.run("update events set cost = cost + 5 where change = 2");
		stage.left = [];
		expect(await stage.send()).toMatchObject({ sent: 1 });
		expect(recordsOf(stage.left)).toHaveLength(1);
	});

	test("is told under another name only when it changes, or when everything is sent again", async () => {
		await ingestAll(stage.ledger, responses(3));
		const privacy = { userHome: "/home/dev", setting: "none" } as const;
		await stage.send({ kind: "session" });
		expect(await stage.send({ kind: "session", privacy })).toMatchObject({ sent: 0 });
		expect(await stage.send({ kind: "session", privacy, resend: true })).toMatchObject({ found: 1, sent: 1 });
		expect(recordsOf(stage.left).map(({ project_path }) => project_path)).toEqual(["/home/dev/app", null]);
	});
});

describe("machines", () => {
	test("keep the name under which their totals are known, and of one name they add up", async () => {
		await ingestAll(stage.ledger, responses(2));
		await ingestAll(stage.ledger, responses(2, 2), { machine: machineNamed("laptop", 3) });
		await ingestAll(stage.ledger, responses(1, 4), { machine: DESKTOP });
		await stage.send();
		const before = await stage.days();
		expect(before).toEqual([
			["2026-03-02", "desktop", 100],
			["2026-03-02", "laptop", 415],
		]);
		const renamed = { ...LAPTOP, label: "laptop-2.local" };
		await ingestAll(stage.ledger, responses(1, 5), { machine: renamed });
		expect(await stage.send({ machine: renamed })).toMatchObject({ sent: 1 });
		expect(await stage.days()).toEqual([
			["2026-03-02", "desktop", 100],
			["2026-03-02", "laptop", 530],
		]);
	});
});

test("pushed in any pieces, it comes to the same as pushed at once", async () => {
	await forSeeds(runs(6).numRuns, async (seed) => {
		const random = new Random(seed);
		const all = responses(random.integer(5, 60)).map((event) => ({
			...event,
			at: event.at + random.integer(0, 90) * MINUTE,
		}));
		const pieces = await openTestLedger();
		const [one, other] = [await stage.server.join(`one-${seed}`), await stage.server.join(`other-${seed}`)];
		for (let at = 0; at < all.length; ) {
			const next = at + random.integer(1, 12);
			await ingestAll(pieces, all.slice(at, next));
			for (const kind of KINDS) await pushTotalsAs(one, stage.server, pieces.db, { kind });
			at = next;
		}
		const whole = await openTestLedger();
		await ingestAll(whole, all);
		for (const kind of KINDS) await pushTotalsAs(other, stage.server, whole.db, { kind });
		for (const list of [listReportedDays, listReportedSessions, listReportedBlocks]) {
			const [a, b] = await Promise.all(
				[one, other].map(({ account }) =>
					list(stage.server.db, { id: account.user, zone: "UTC" }, ALL_USAGE),
				),
			);
			expect(a as unknown).toEqual(b);
		}
	});
});
