import { beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { previewUploads } from "../../src/collector/preview.ts";
import { previewTotals } from "../../src/collector/preview-totals.ts";
import { bodyOf } from "../../src/collector/totals-plan.ts";
import { LOCAL_USER } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { PRIVACY_SETTINGS, type Privacy } from "../../src/usage/privacy.ts";
import { ProjectRules } from "../../src/usage/project-rules.ts";
import { noLimits } from "../support/isolation.ts";
import {
	AT,
	DESKTOP,
	eventOf,
	HOUR,
	ingestAll,
	LAPTOP,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { type Left, pushTotalsAs, watchedNetwork } from "../support/pushing-totals.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { SERVER, TestServer } from "../support/server.ts";
import { KEY, type UsageServer, withServer } from "../support/usage-server.ts";

setDefaultTimeout(PATIENCE);

const SECRET = "q".repeat(43);
const IGNORED = "/home/qowner/code/qignored";
const CLIENT = "/home/qowner/qclients/client-x";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

function privacyOf(setting: (typeof PRIVACY_SETTINGS)[number], isRuled = true): Privacy {
	const rules = isRuled
		? new ProjectRules([
				[IGNORED, { ignore: true }],
				[CLIENT, { alias: "client" }],
			])
		: undefined;
	const userHome = "/home/qowner";
	return setting === "hash" ? { userHome, rules, setting, secret: SECRET } : { userHome, rules, setting };
}

/** Responses in projects of every kind, under branches that name them. */
function madeUp(random: Random, first: number, count: number): UsageEvent[] {
	return Array.from({ length: count }, (_, i) => {
		const [project, folder] = random.pick([
			["/home/qowner/qdir/tool", "-home-qowner-qdir-tool"],
			[`${IGNORED}/deep`, undefined],
			["-home-qowner-code-qignored-deep", "-home-qowner-code-qignored-deep"],
			[`${CLIENT}/site`, undefined],
			["-home-qowner-qdir-shop", "-home-qowner-qdir-shop"],
			["/home/qowner", "-home-qowner"],
			[undefined, ""],
		]);
		return eventOf({
			id: `msg_${first + i}`,
			at: AT + random.integer(0, 200) * HOUR,
			session: `s${random.integer(0, 9)}`,
			project,
			folder,
			branch: random.pick(["qbranch/one", undefined]),
			agent: random.pick(["agent-1", undefined]),
			version: "2.1.0",
			sidechain: random.integer(0, 5) === 0,
			webSearches: random.integer(0, 1),
			reportedNanoUsd: random.pick([12_345, undefined]),
			extra: random.integer(0, 3)
				? undefined
				: [{ model: "dear", input: 1, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 }],
		});
	});
}

async function previewed(
	server: UsageServer,
	privacy: Privacy,
	over: { resend?: boolean } = {},
): Promise<string[]> {
	const access = { address: server.address, key: KEY };
	const uploads: string[] = [];
	const options = { user: LOCAL_USER, machine: LAPTOP, access, privacy, ...over };
	for await (const upload of previewUploads(ledger.db, options)) uploads.push(JSON.stringify(upload));
	return uploads;
}

/** What is known of an upload; docs/privacy.md lists the same. */
const FIELDS = new Set(
	"key message at countedAt session project branch agent model version sidechain sidechainOnly fork progress input output cacheWrite5m cacheWrite1h cacheRead webSearches speed geo tier costUsd extra".split(
		" ",
	),
);

function expectNoMore(json: string, setting: Privacy["setting"]): void {
	const upload = JSON.parse(json);
	expect(Object.keys(upload)).toEqual(["v", "machine", "events"]);
	expect(Object.keys(upload.machine)).toEqual(["id", "label", "os", "client", "zone"]);
	for (const event of upload.events) {
		for (const field of Object.keys(event)) expect(FIELDS).toContain(field);
	}
	expect(json).not.toMatch(setting === "full" ? /qignored|qclients/ : /qowner|qdir|qignored|qclients/);
	if (setting === "none" || setting === "hash") expect(json).not.toMatch(/qbranch|shop|tool/);
	if (setting === "none") for (const event of upload.events) expect(event.branch).toBeUndefined();
	expect(json).not.toContain(SECRET);
}

test("what a dry run prints is what leaves then, byte for byte, and no name that is to stay", async () => {
	await forSeeds(runs(4).numRuns, async (seed) => {
		const random = new Random(seed);
		for (const setting of PRIVACY_SETTINGS) {
			ledger = await openTestLedger();
			const privacy = privacyOf(setting);
			await withServer(async (server) => {
				for (let first = 0; first < 150; first += 50) {
					const events = madeUp(random, first, 50);
					await ingestAll(ledger, events.slice(0, 30));
					await ingestAll(ledger, events.slice(30), { machine: DESKTOP });
					const over = { resend: random.integer(0, 2) === 0 };
					// What was refused before is not tried again, unless everything is.
					server.behaviour = async (request, answer) => {
						const response = await answer();
						if (!request.url.endsWith("/events") || first > 0) return response;
						const reply = await response.json();
						const rejected = [{ index: 0, code: "bad_time" }];
						return Response.json({ ...reply, stored: reply.stored - 1, rejected });
					};
					const before = server.received.length;
					const preview = await previewed(server, privacy, over);
					const { stop } = await pushTo(ledger.db, server.address, { privacy, ...over });
					expect(stop).toBeUndefined();
					const left = server.received.slice(before).map(({ json }) => json);
					expect(preview).toEqual(left);
					for (const json of left) expectNoMore(json, setting);
				}
				expect(await previewed(server, privacy)).toEqual([]);
			});
		}
	});
});

test("uploads that are too large are divided in the same way", async () => {
	await withServer(async (server) => {
		const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(180))).toString("base64url");
		const many = Array.from({ length: 3_000 }, (_, i) =>
			eventOf({ id: `msg_${i}`, at: AT + i, branch: noise() }),
		);
		await ingestAll(ledger, many);
		const privacy = privacyOf("full", false);
		const preview = await previewed(server, privacy);
		expect(preview.length).toBeGreaterThan(2);
		await pushTo(ledger.db, server.address, { privacy });
		expect(preview).toEqual(server.received.map(({ json }) => json));
	});
});

test.each(["daily", "session", "blocks"] as const)("the same holds for totals: %s", async (kind) => {
	const server = await TestServer.start({ limits: noLimits() });
	const alice = await server.join("alice");
	const random = new Random(7);
	for (const setting of PRIVACY_SETTINGS) {
		await ingestAll(ledger, madeUp(random, random.integer(0, 1e6), 700));
		const privacy = privacyOf(setting);
		const access = { address: SERVER, key: alice.keys.ingest };
		const options = { user: ledger.user, machine: LAPTOP, kind, access, privacy };
		const preview = (await previewTotals(ledger.db, options)).map(bodyOf);
		const left: Left[] = [];
		await pushTotalsAs(alice, server, ledger.db, { kind, privacy, network: watchedNetwork(server, left) });
		const bodies = left.filter(({ path }) => path.endsWith("/batch")).map(({ body }) => body);
		expect(preview.length).toBeGreaterThan(0);
		expect(bodies).toEqual(preview);
		for (const body of bodies) {
			expect(body).not.toMatch(setting === "full" ? /qignored|qclients/ : /qowner|qdir|qignored|qclients/);
			expect(body).not.toMatch(/qbranch|msg_|agent-1/);
		}
	}
});
