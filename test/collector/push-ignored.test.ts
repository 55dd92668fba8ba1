import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { findHeldBack } from "../../src/collector/held-back.ts";
import { Server } from "../../src/collector/server.ts";
import { countResponsesOf, countSentOf } from "../../src/ledger/ignored-projects.ts";
import { summarizeUnsent } from "../../src/ledger/push-targets.ts";
import { ProjectRules } from "../../src/usage/project-rules.ts";
import { noLimits } from "../support/isolation.ts";
import { AT, eventOf, HOUR, ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { type Left, watchedNetwork } from "../support/pushing-totals.ts";
import { PATIENCE } from "../support/runs.ts";
import { NOW } from "../support/scan.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";
import { pushAs, verifyAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

const SECRET = "/home/dev/secret";
const rules = new ProjectRules([[SECRET, { ignore: true }]]);
const ignoring = { privacy: { userHome: "/home/dev", setting: "full", rules } } as const;

let server: TestServer;
let alice: Person;
let ledger: TestLedger;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	alice = await server.join("alice");
	ledger = await openTestLedger();
});

/** Responses of one project, one an hour. */
function use(project: string, from: number, count: number, over = {}) {
	return Array.from({ length: count }, (_, i) =>
		eventOf({
			id: `msg_${from + i}`,
			at: AT + (from + i) * HOUR,
			project,
			session: project.replace(/\W/g, "-"),
			...over,
		}),
	);
}

const projectsThere = async () =>
	(
		await server.db.all<{ name: string; events: number }>(
			"select p.name, count(*) as events from events as e join projects as p on p.id = e.project group by p.name order by p.name",
		)
	).map(({ name, events }) => [name, events]);

const unsent = async () =>
	(await summarizeUnsent(ledger.db, 1, NOW, await findHeldBack(ledger.db, 1, { rules }))).events;

describe("usage of an ignored project", () => {
	test("stays, hinders nothing that comes after it, and is not tried again and again", async () => {
		await ingestAll(ledger, [...use(SECRET, 0, 3), ...use("/home/dev/app", 3, 2), ...use(SECRET, 5, 3)]);
		expect(await unsent()).toBe(2);
		expect(await pushAs(alice, server, ledger.db, ignoring)).toMatchObject({ sent: 2, unsent: 0 });
		expect(await projectsThere()).toEqual([["/home/dev/app", 2]]);
		expect(await unsent()).toBe(0);
		await ingestAll(ledger, [...use(`${SECRET}/deep`, 10, 1), ...use("/home/dev/app", 11, 1)]);
		expect(await pushAs(alice, server, ledger.db, ignoring)).toMatchObject({ sent: 1, unsent: 0 });
		await ingestAll(ledger, use(SECRET, 20, 2));
		const down = { ...ignoring, network: { fetch: () => Promise.reject(new Error("asked")), deadline: 1 } };
		expect(await pushAs(alice, server, ledger.db, down)).toMatchObject({
			sent: 0,
			known: 0,
			unsent: 0,
			stop: undefined,
		});
		expect(await projectsThere()).toEqual([["/home/dev/app", 3]]);
		expect(
			await countResponsesOf(ledger.db, 1, (await findHeldBack(ledger.db, 1, { rules })).projects ?? []),
		).toBe(9);
	});

	test("is not asked for by verify, whose days are the same without it", async () => {
		await ingestAll(ledger, [...use(SECRET, 0, 3), ...use("/home/dev/app", 3, 40)]);
		await pushAs(alice, server, ledger.db, ignoring);
		const left: Left[] = [];
		const network = watchedNetwork(server, left);
		const watched = new Server({ address: SERVER, key: alice.keys.ingest }, network);
		expect(await verifyAs(alice, server, ledger.db, { rules, server: watched })).toMatchObject({
			days: 3,
			responses: 40,
			differences: [],
			unsent: 0,
		});
		// The hashes of the days were equal already.
		expect(left.map(({ path }) => path)).toEqual(["/api/auth/validate", "/api/usage/digest"]);
	});

	test("that was sent before stays there, hinders no comparison, and is counted", async () => {
		await ingestAll(ledger, [...use(SECRET, 0, 3), ...use("/home/dev/app", 3, 2)]);
		await pushAs(alice, server, ledger.db);
		await ingestAll(ledger, use(SECRET, 5, 4));
		await pushAs(alice, server, ledger.db, ignoring);
		expect(await projectsThere()).toEqual([
			["/home/dev/app", 2],
			[SECRET, 3],
		]);
		expect(await verifyAs(alice, server, ledger.db, { rules })).toMatchObject({
			differences: [],
			responses: 2,
		});
		const { projects = [] } = await findHeldBack(ledger.db, 1, { rules });
		expect(await countSentOf(ledger.db, 1, projects)).toBe(3);
	});

	test("is sent with everything else once it is not ignored any more", async () => {
		await ingestAll(ledger, [...use(SECRET, 0, 3), ...use("/home/dev/app", 3, 2)]);
		await pushAs(alice, server, ledger.db, ignoring);
		expect(await pushAs(alice, server, ledger.db, { resend: true })).toMatchObject({
			sent: 3,
			known: 2,
			unsent: 0,
		});
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ differences: [], responses: 5 });
	});

	test("does not go to a server that lost its ledger either", async () => {
		await ingestAll(ledger, [...use(SECRET, 0, 3), ...use("/home/dev/app", 3, 2)]);
		await pushAs(alice, server, ledger.db, ignoring);
		server = await TestServer.start({ limits: noLimits() });
		const anew = await server.join("alice");
		await ingestAll(ledger, use("/home/dev/app", 30, 1));
		await pushAs(anew, server, ledger.db, ignoring);
		expect(await projectsThere()).toEqual([["/home/dev/app", 3]]);
	});

	test("is known by the folder alone, too", async () => {
		const folder = "-home-dev-secret-deep";
		await ingestAll(ledger, [...use(folder, 0, 2, { folder }), ...use("/home/dev/app", 3, 2)]);
		expect(await pushAs(alice, server, ledger.db, ignoring)).toMatchObject({ sent: 2, unsent: 0 });
		expect(await projectsThere()).toEqual([["/home/dev/app", 2]]);
	});
});

test("with an alias it is sent under that, and only --resend gives it to what was sent before", async () => {
	const named = new ProjectRules([[SECRET, { alias: "client" }]]);
	const privacy = { userHome: "/home/dev", setting: "none", rules: named } as const;
	await ingestAll(ledger, use(SECRET, 0, 2));
	await pushAs(alice, server, ledger.db);
	await ingestAll(ledger, use(SECRET, 2, 1));
	await pushAs(alice, server, ledger.db, { privacy });
	expect(await projectsThere()).toEqual([
		[SECRET, 2],
		["client", 1],
	]);
	await pushAs(alice, server, ledger.db, { privacy, resend: true });
	expect(await projectsThere()).toEqual([["client", 3]]);
});
