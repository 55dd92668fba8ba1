import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { listReportedBlocks, listReportedSessions } from "../../src/reports/reported.ts";
import { noLimits } from "../support/isolation.ts";
import { ingestAll, openTestLedger } from "../support/ledger.ts";
import {
	ALL_USAGE,
	KINDS,
	type Left,
	pushTotalsAs,
	recordsOf,
	responses,
	TotalsStage,
} from "../support/pushing-totals.ts";
import { PATIENCE } from "../support/runs.ts";
import { TestServer } from "../support/server.ts";
import { pushAs, verifyAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

let stage: TotalsStage;

beforeEach(async () => {
	stage = await TotalsStage.set();
});

describe("a server", () => {
	test("that was restored gets everything once more", async () => {
		await ingestAll(stage.ledger, responses(20));
		await stage.send();
		stage.server = await TestServer.start({ limits: noLimits() });
		const anew = await stage.server.join("alice");
		await ingestAll(stage.ledger, responses(1, 20));
		await stage.server.db.run("update accounts set id = ?", [stage.alice.account.id]);
		expect(await pushTotalsAs(anew, stage.server, stage.ledger.db, { key: anew.keys.ingest })).toMatchObject({
			found: 3,
			sent: 3,
			unsent: 0,
		});
		stage.alice = anew;
		expect(await stage.days()).toHaveLength(3);
		expect(await stage.send()).toMatchObject({ sent: 0 });
	});

	test("is known by its account: a new key sends nothing twice, and is asked about once", async () => {
		await ingestAll(stage.ledger, responses(20));
		await stage.send();
		stage.left = [];
		expect(await stage.send({ key: stage.alice.keys.full })).toMatchObject({ found: 3, sent: 0 });
		expect(await stage.send({ key: stage.alice.keys.full })).toMatchObject({ found: 3, sent: 0 });
		expect(stage.left.map(({ path }) => path)).toEqual(["/api/auth/validate"]);
	});

	test("that is told responses afterwards counts nothing twice, and the other way round", async () => {
		await ingestAll(stage.ledger, responses(12));
		for (const kind of KINDS) await stage.send({ kind });
		await pushAs(stage.alice, stage.server, stage.ledger.db);
		expect(await stage.days()).toEqual([]);
		const asker = { id: stage.alice.account.user, zone: "UTC" };
		expect(await listReportedSessions(stage.server.db, asker, ALL_USAGE)).toEqual([]);
		expect(await listReportedBlocks(stage.server.db, asker, ALL_USAGE)).toEqual([]);
		await ingestAll(stage.ledger, responses(12, 12));
		expect(await stage.send()).toMatchObject({ sent: 2, hasResponses: true });
		expect((await stage.days()).map(([day]) => day)).toEqual(["2026-03-04"]);
		expect(await verifyAs(stage.alice, stage.server, stage.ledger.db)).toMatchObject({
			differences: [],
			unsent: 12,
		});
	});

	test.each<[string, number, Record<string, string>, string]>([
		["refuses the key", 401, {}, "key_refused"],
		["is another program", 404, {}, "unreachable"],
		["does not take such a body", 422, {}, "unreachable"],
		["wants to be left alone", 429, { "retry-after": "7200" }, "unreachable"],
		["is in trouble", 503, {}, "unreachable"],
	])("that %s (%d) gets what is left next time", async (_what, status, headers, code) => {
		const many = responses(601).map((event, i) => ({ ...event, session: `session-${i}` }));
		await ingestAll(stage.ledger, many);
		let batches = 0;
		const network = stage.watched(async ({ path }, answer) =>
			path.endsWith("/batch") && ++batches > 1 ? new Response(null, { status, headers }) : answer(),
		);
		const { sent, unsent, stop } = await stage.send({ kind: "session", network });
		expect({ all: sent + unsent, stop }).toMatchObject({ all: 601, stop: { code } });
		expect(sent).toBeGreaterThan(400);
		stage.left = [];
		const later = () => Date.UTC(2027, 0, 1);
		expect(await stage.send({ kind: "session", now: later })).toMatchObject({ sent: unsent, unsent: 0 });
		expect(recordsOf(stage.left)).toHaveLength(unsent);
	});

	test("that cannot be met has nothing, and it is told how much waits", async () => {
		await ingestAll(stage.ledger, responses(20));
		const network = stage.watched(async () => new Response(null, { status: 401 }));
		expect(await stage.send({ network })).toMatchObject({
			found: 3,
			sent: 0,
			unsent: 3,
			stop: { code: "key_refused" },
		});
		const empty = await openTestLedger();
		stage.left = [];
		expect(
			await pushTotalsAs(stage.alice, stage.server, empty.db, { network: stage.watched() }),
		).toMatchObject({ found: 0, sent: 0, unsent: 0 });
		expect(stage.left).toEqual([]);
	});

	test("that keeps all but one of them is found out, and that one waits", async () => {
		await ingestAll(stage.ledger, responses(60));
		const isBad = ({ body }: Left) => body.includes('"2026-03-04"');
		const network = stage.watched(async (one, answer) => {
			if (!one.path.endsWith("/batch") || !isBad(one)) return answer();
			const reply = await (await answer()).json();
			return Response.json({ ...reply, processed: reply.processed - 1, skipped: 1 });
		});
		expect(await stage.send({ network })).toMatchObject({
			found: 6,
			sent: 5,
			unsent: 0,
			setAside: { not_kept: 1 },
			stop: undefined,
		});
		expect(await stage.send()).toMatchObject({ sent: 0, setAside: {} });
		expect(await stage.send({ resend: true })).toMatchObject({ sent: 6, setAside: {} });
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
		await ingestAll(stage.ledger, responses(20));
		const network = stage.watched(async ({ path }, answer) =>
			path.endsWith("/batch") ? Response.json(body) : answer(),
		);
		expect(await stage.send({ network })).toMatchObject({
			sent: 0,
			unsent: 3,
			stop: { code: "unreachable" },
		});
		expect(await stage.send()).toMatchObject({ sent: 3 });
	});

	test("that breaks off long bodies gets shorter ones", async () => {
		await ingestAll(stage.ledger, responses(60));
		const network = stage.watched(async ({ path, body }, answer) =>
			path.endsWith("/batch") && body.length > 1_500 ? new Response(null, { status: 413 }) : answer(),
		);
		expect(await stage.send({ network })).toMatchObject({ found: 6, sent: 6, unsent: 0 });
	});

	test("that is always another one is left", async () => {
		await ingestAll(stage.ledger, responses(20));
		const network = stage.watched(async ({ path }, answer) => {
			if (!path.endsWith("/batch")) return answer();
			return Response.json({ ...(await (await answer()).json()), ledger: crypto.randomUUID() });
		});
		await stage.send({ network });
		await ingestAll(stage.ledger, responses(1, 20));
		expect(await stage.send({ network })).toMatchObject({ unsent: 3, stop: { code: "unreachable" } });
		expect(await stage.send()).toMatchObject({ found: 3, sent: 3, stop: undefined });
	});
});
