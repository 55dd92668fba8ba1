import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { TotalsResult } from "../../src/collector/push-totals.ts";
import { listReportedBlocks, listReportedSessions } from "../../src/reports/reported.ts";
import { noLimits } from "../support/isolation.ts";
import { ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import {
	ALL_USAGE,
	daysAt,
	type Left,
	pushTotalsAs,
	recordsOf,
	responses,
	type TotalsOver,
	watchedNetwork,
} from "../support/pushing-totals.ts";
import { PATIENCE } from "../support/runs.ts";
import { type Person, TestServer } from "../support/server.ts";
import { pushAs, verifyAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

const KINDS = ["daily", "session", "blocks"] as const;

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

function send(over: TotalsOver = {}): Promise<TotalsResult> {
	return pushTotalsAs(alice, server, ledger.db, { network: watchedNetwork(server, left), ...over });
}

describe("a server", () => {
	test("that was restored gets everything once more", async () => {
		await ingestAll(ledger, responses(20));
		await send();
		server = await TestServer.start({ limits: noLimits() });
		const anew = await server.join("alice");
		await ingestAll(ledger, responses(1, 20));
		await server.db.run("update accounts set id = ?", [alice.account.id]);
		expect(await pushTotalsAs(anew, server, ledger.db, { key: anew.keys.ingest })).toMatchObject({
			found: 3,
			sent: 3,
			unsent: 0,
		});
		alice = anew;
		expect(await daysAt(server, alice)).toHaveLength(3);
		expect(await send()).toMatchObject({ sent: 0 });
	});

	test("is known by its account: a new key sends nothing twice, and is asked about once", async () => {
		await ingestAll(ledger, responses(20));
		await send();
		left = [];
		expect(await send({ key: alice.keys.full })).toMatchObject({ found: 3, sent: 0 });
		expect(await send({ key: alice.keys.full })).toMatchObject({ found: 3, sent: 0 });
		expect(left.map(({ path }) => path)).toEqual(["/api/auth/validate"]);
	});

	test("that is told responses afterwards counts nothing twice, and the other way round", async () => {
		await ingestAll(ledger, responses(12));
		for (const kind of KINDS) await send({ kind });
		await pushAs(alice, server, ledger.db);
		expect(await daysAt(server, alice)).toEqual([]);
		const asker = { id: alice.account.user, zone: "UTC" };
		expect(await listReportedSessions(server.db, asker, ALL_USAGE)).toEqual([]);
		expect(await listReportedBlocks(server.db, asker, ALL_USAGE)).toEqual([]);
		await ingestAll(ledger, responses(12, 12));
		expect(await send()).toMatchObject({ sent: 2, hasResponses: true });
		expect((await daysAt(server, alice)).map(([day]) => day)).toEqual(["2026-03-04"]);
		expect(await verifyAs(alice, server, ledger.db)).toMatchObject({ differences: [], unsent: 12 });
	});

	test.each<[string, number, Record<string, string>, string]>([
		["refuses the key", 401, {}, "key_refused"],
		["is another program", 404, {}, "unreachable"],
		["does not take such a body", 422, {}, "unreachable"],
		["wants to be left alone", 429, { "retry-after": "7200" }, "unreachable"],
		["is in trouble", 503, {}, "unreachable"],
	])("that %s (%d) gets what is left next time", async (_what, status, headers, code) => {
		const many = responses(601).map((event, i) => ({ ...event, session: `session-${i}` }));
		await ingestAll(ledger, many);
		let batches = 0;
		const network = watchedNetwork(server, left, async ({ path }, answer) =>
			path.endsWith("/batch") && ++batches > 1 ? new Response(null, { status, headers }) : answer(),
		);
		expect(await send({ kind: "session", network })).toMatchObject({
			found: 601,
			sent: 500,
			unsent: 101,
			stop: { code },
		});
		left = [];
		const later = () => Date.UTC(2027, 0, 1);
		expect(await send({ kind: "session", now: later })).toMatchObject({ found: 601, sent: 101, unsent: 0 });
		expect(recordsOf(left)).toHaveLength(101);
	});

	test("that cannot be met has nothing, and it is told how much waits", async () => {
		await ingestAll(ledger, responses(20));
		const network = watchedNetwork(server, left, async () => new Response(null, { status: 401 }));
		expect(await send({ network })).toMatchObject({
			found: 3,
			sent: 0,
			unsent: 3,
			stop: { code: "key_refused" },
		});
		const empty = await openTestLedger();
		left = [];
		expect(
			await pushTotalsAs(alice, server, empty.db, { network: watchedNetwork(server, left) }),
		).toMatchObject({ found: 0, sent: 0, unsent: 0 });
		expect(left).toEqual([]);
	});

	test("that keeps all but one of them is found out, and that one waits", async () => {
		await ingestAll(ledger, responses(60));
		const isBad = ({ body }: Left) => body.includes('"2026-03-04"');
		const network = watchedNetwork(server, left, async (one, answer) => {
			if (!one.path.endsWith("/batch") || !isBad(one)) return answer();
			const reply = await (await answer()).json();
			return Response.json({ ...reply, processed: reply.processed - 1, skipped: 1 });
		});
		expect(await send({ network })).toMatchObject({
			found: 6,
			sent: 5,
			unsent: 0,
			setAside: { not_kept: 1 },
			stop: undefined,
		});
		expect(await send()).toMatchObject({ sent: 0, setAside: {} });
		expect(await send({ resend: true })).toMatchObject({ sent: 6, setAside: {} });
	});

	test.each([
		["a page of a network that wants a log-in", "<html>Log in</html>"],
		[
			"another number of totals",
			{ ledger: crypto.randomUUID(), message: "", processed: 9, skipped: 0, total: 9 },
		],
		["no ledger", { message: "", processed: 3, skipped: 0, total: 3 }],
		["a sum that is none", { ledger: crypto.randomUUID(), message: "", processed: 1, skipped: 1, total: 3 }],
	])("that answers with %s has acknowledged nothing", async (_what, body) => {
		await ingestAll(ledger, responses(20));
		const network = watchedNetwork(server, left, async ({ path }, answer) =>
			path.endsWith("/batch") ? Response.json(body) : answer(),
		);
		expect(await send({ network })).toMatchObject({ sent: 0, unsent: 3, stop: { code: "unreachable" } });
		expect(await send()).toMatchObject({ sent: 3 });
	});

	test("that breaks off long bodies gets shorter ones", async () => {
		await ingestAll(ledger, responses(60));
		const network = watchedNetwork(server, left, async ({ path, body }, answer) =>
			path.endsWith("/batch") && body.length > 1_500 ? new Response(null, { status: 413 }) : answer(),
		);
		expect(await send({ network })).toMatchObject({ found: 6, sent: 6, unsent: 0 });
	});

	test("that is always another one is left", async () => {
		await ingestAll(ledger, responses(20));
		const network = watchedNetwork(server, left, async ({ path }, answer) => {
			if (!path.endsWith("/batch")) return answer();
			return Response.json({ ...(await (await answer()).json()), ledger: crypto.randomUUID() });
		});
		await send({ network });
		await ingestAll(ledger, responses(1, 20));
		expect(await send({ network })).toMatchObject({ unsent: 3, stop: { code: "unreachable" } });
		expect(await send()).toMatchObject({ found: 3, sent: 3, stop: undefined });
	});
});
