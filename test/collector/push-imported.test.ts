import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type ImportedResult, previewImported, pushImported } from "../../src/collector/push-imported.ts";
import { Server } from "../../src/collector/server.ts";
import { bodyOf } from "../../src/collector/totals-plan.ts";
import type { Database } from "../../src/ledger/database.ts";
import { importTotals, type Totals } from "../../src/ledger/import-totals.ts";
import { countSentTotals } from "../../src/ledger/sent-totals.ts";
import { renewLedgerUuid } from "../../src/ledger/settings.ts";
import type { Privacy } from "../../src/usage/privacy.ts";
import { ProjectRules } from "../../src/usage/project-rules.ts";
import { noLimits } from "../support/isolation.ts";
import { AT, DAY, eventOf, ingestAll, LAPTOP, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { type Left, watchedNetwork } from "../support/pushing-totals.ts";
import { block, counting, day, saveDays, session, TODAY } from "../support/reporting.ts";
import { PATIENCE } from "../support/runs.ts";
import { NOW } from "../support/scan.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";
import { watched } from "../support/watched-database.ts";

setDefaultTimeout(PATIENCE);

let server: TestServer;
let alice: Person;
let ledger: TestLedger;
let left: Left[];

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	alice = await server.join("alice");
	ledger = await openTestLedger();
	left = [];
});

const SESSION = "5e551011-0000-4000-8000-000000000001";
const TOTALS: Totals = {
	days: [
		day(5, { breakdowns: [{ modelName: "cheap", cost: 0.5 }] }),
		day(7, { day: TODAY + 1, label: "desktop" }),
	],
	sessions: [
		session(5, { session: SESSION, project: "/home/dev/secret/tool", durationMinutes: 90 }),
		session(6, { session: "-home-dev-app", project: "-home-dev-app" }),
	],
	blocks: [block(5, { actualEnd: AT + 1_000, entries: 3 })],
};
const FULL: Privacy = { userHome: "/home/dev", setting: "full" };
const KINDS = ["daily", "session", "blocks"] as const;

function keep(totals: Partial<Totals> = TOTALS) {
	const all = { days: [], sessions: [], blocks: [], ...totals };
	return ledger.db.transaction((tx) => importTotals(tx, ledger.user.id, all, { source: "ccusage", now: AT }));
}

type Over = Partial<Parameters<typeof pushImported>[1]> & {
	key?: string;
	behaviour?: Parameters<typeof watchedNetwork>[2];
};

function send({
	key = alice.keys.ingest,
	behaviour,
	...over
}: Over = {}): Promise<ImportedResult | undefined> {
	return pushImported(ledger.db, {
		user: ledger.user,
		machine: LAPTOP,
		kinds: KINDS,
		server: new Server({ address: SERVER, key }, watchedNetwork(server, left, behaviour)),
		privacy: FULL,
		now: () => NOW,
		sleep: async () => {},
		random: () => 0.5,
		...over,
	});
}

function pushEvents(db: Database = ledger.db) {
	return pushTo(db, SERVER, { key: alice.keys.ingest, network: watchedNetwork(server, left) });
}

const atServer = () => counting({ db: server.db, user: { ...ledger.user, id: alice.account.user } });

const SENT = { setAside: 0, unsent: 0, stop: undefined };

describe("imported totals", () => {
	test("reach the account as they are here", async () => {
		await keep();
		expect(await send()).toEqual({ ...SENT, sent: 5 });
		expect(await atServer()).toEqual(await counting(ledger));
		const columns = (table: string, user: number) =>
			[
				`select label, input, output, cache_write, cache_read, total, cost, models, ${table} from reported_${table.split(",")[0]}s where user = ? order by label, ${table}`,
				[user],
			] as const;
		for (const told of [
			"day, breakdowns",
			"session, project, started_at, ended_at, duration_minutes, breakdowns",
			"block, started_at, ended_at, actual_end, entries",
		]) {
			expect(await server.db.all<object>(...columns(told, alice.account.user))).toEqual(
				await ledger.db.all<object>(...columns(told, ledger.user.id)),
			);
		}
	});

	test("are not sent twice, and no network is touched then, nor where nothing was imported", async () => {
		expect(await send()).toBeUndefined();
		await saveDays(ledger, day(9, { day: TODAY + 9 }));
		expect(await send()).toBeUndefined();
		expect(left).toEqual([]);
		await keep();
		await send();
		left = [];
		expect(await send()).toEqual({ ...SENT, sent: 0 });
		expect(left).toEqual([]);
	});

	test("that are others now are sent again, and all where they shall be", async () => {
		await keep();
		await send();
		await keep({ days: [day(6)] });
		expect(await send()).toMatchObject({ sent: 1 });
		expect(await atServer()).toContain("day laptop 2026-03-02: 6");
		expect(await send({ resend: true })).toMatchObject({ sent: 5 });
		expect(await send()).toMatchObject({ sent: 0 });
	});

	test("in place of which events tell here do not go", async () => {
		await ingestAll(ledger, [eventOf()]);
		await keep({ days: TOTALS.days, blocks: TOTALS.blocks });
		expect(await send()).toMatchObject({ sent: 1 });
		expect(await atServer()).toEqual(["day desktop 2026-03-03: 7"]);
	});

	test("of other kinds than are sent stay, and so does what is older than the login takes", async () => {
		await keep({ ...TOTALS, days: [day(5), day(7, { day: TODAY + 5 })] });
		expect(await send({ kinds: ["daily"], since: (TODAY + 2) * DAY })).toMatchObject({ sent: 1 });
		expect(await atServer()).toEqual(["day laptop 2026-03-07: 7"]);
	});

	test("are no totals that were made here", async () => {
		await keep();
		await send();
		const targets = await ledger.db.all<{ id: number }>("select id from push_targets");
		for (const { id } of targets) expect(await countSentTotals(ledger.db, id)).toEqual([]);
	});

	test("go once more to a server that lost them", async () => {
		await keep();
		await send();
		await server.db.run("delete from reported_days");
		await server.db.transaction(renewLedgerUuid);
		server = await TestServer.start({ db: server.db, limits: noLimits() });
		await keep({ days: [day(9, { day: TODAY + 9 })] });
		await send();
		await send();
		expect(await atServer()).toEqual(await counting(ledger));
	});

	test("go once more to it where the push that found that out was killed at once", async () => {
		await keep();
		await ingestAll(ledger, [eventOf({ id: "msg_before", at: AT + 2 * DAY })]);
		await pushEvents();
		await send();
		await server.db.run("delete from reported_days");
		await server.db.transaction(renewLedgerUuid);
		server = await TestServer.start({ db: server.db, limits: noLimits() });
		await ingestAll(ledger, [eventOf({ id: "msg_after", at: AT + 2 * DAY })]);
		const killed = watched(ledger.db, {
			begun(number) {
				if (number > 1) throw new Error("killed");
			},
		});
		await expect(pushEvents(killed)).rejects.toThrow("killed");
		await pushEvents();
		await send();
		expect(await atServer()).toEqual(await counting(ledger));
	});

	test("wait for a server that is not reached, or that does not take the key", async () => {
		await keep();
		const behaviour = () => Promise.reject(new Error("no route"));
		const { stop, ...rest } = (await send({ behaviour })) ?? {};
		expect(stop?.code).toBe("unreachable");
		expect(rest).toMatchObject({ sent: 0, unsent: 2 });
		expect((await send({ key: "pp_wrong" }))?.stop?.code).toBe("key_refused");
		expect(await send()).toEqual({ ...SENT, sent: 5 });
	});
});

describe("of imported totals leaves", () => {
	const bodies = () => left.filter(({ path }) => path.endsWith("/batch")).map(({ body }) => body);

	test("just what a preview shows", async () => {
		await keep();
		const access = { address: SERVER, key: alice.keys.ingest };
		const preview = async () => {
			const lots = await previewImported(ledger.db, {
				user: ledger.user.id,
				kinds: KINDS,
				privacy: FULL,
				access,
			});
			return lots.map(bodyOf);
		};
		const shown = await preview();
		await send();
		expect(bodies()).toEqual(shown);
		expect(await preview()).toEqual([]);
	});

	test.each([
		["basename", { userHome: "/home/dev", setting: "basename" }, "tool"],
		["none", { userHome: "/home/dev", setting: "none" }, null],
		["hash", { userHome: "/home/dev", setting: "hash", secret: "s" }, expect.stringMatching(/^[\w-]{16}$/)],
	] as const)("no path with %s, and no folder's sum, which would tell one", async (_, privacy, project) => {
		await keep();
		expect(await send({ privacy })).toMatchObject({ sent: 4 });
		const sessions = bodies().find((body) => body.includes("session_id")) ?? "{}";
		expect(JSON.parse(sessions).records).toMatchObject([{ session_id: SESSION, project_path: project }]);
		expect(bodies().join()).not.toMatch(/home|secret|-app/);
	});

	test("no session of an ignored project, and nothing in which one may be", async () => {
		await keep({
			...TOTALS,
			sessions: [
				...TOTALS.sessions,
				session(9, { session: SESSION.replace("1", "2"), project: "/home/dev/open" }),
			],
		});
		const rules = new ProjectRules([
			["/home/dev/secret", { ignore: true }],
			["/home/dev/app", { ignore: true }],
		]);
		expect(await send({ privacy: { ...FULL, rules } })).toMatchObject({ sent: 1 });
		expect(bodies().join()).not.toMatch(/secret|-app/);
	});

	test.each([
		["of which no project is known", null],
		["of which only the last part is known", "secret"],
		["below a folder", "-home-dev-secret/5e551011/subagents"],
		["of a folder", "-home-dev-secret"],
	])("no session %s, where any project is ignored", async (_, project) => {
		await keep({ sessions: [session(9, { session: SESSION, project })] });
		const rules = new ProjectRules([["/home/dev/secret", { ignore: true }]]);
		expect(await send({ privacy: { ...FULL, rules } })).toBeUndefined();
		expect(left).toEqual([]);
		const others = new ProjectRules([["/home/dev/secret", { alias: "client" }]]);
		expect(await send({ privacy: { ...FULL, rules: others } })).toMatchObject({ sent: 1 });
	});

	test("a project under the name that it was given", async () => {
		await keep({ sessions: TOTALS.sessions.slice(0, 1) });
		await send({
			privacy: { ...FULL, rules: new ProjectRules([["/home/dev/secret", { alias: "client" }]]) },
		});
		expect(bodies().join()).toContain('"project_path":"client"');
		expect(bodies().join()).not.toContain("secret");
	});
});
