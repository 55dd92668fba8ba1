import { beforeEach, describe, expect, test } from "bun:test";
import { APPLY_RETENTION } from "../../src/jobs/forget.ts";
import { findUser } from "../../src/ledger/users.ts";
import { noLimits } from "../support/isolation.ts";
import { DAY, eventOf, ingestAll } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

type Own = { months: number | null; chosen: boolean; kept_months: number | null; kept_since: string | null };

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ ada, grace, alice } = await server.joinAll());
});

const PATH = "/api/user/retention";

async function own(person: Person): Promise<Own> {
	return replyOf<Own>(server, ["GET", PATH], await person.ask(PATH));
}

const choose = (person: Person, months: unknown) => person.send("PUT", PATH, { months });

async function codeOf(response: Response): Promise<[number, string]> {
	return [response.status, ((await response.json()) as { code: string }).code];
}

describe("for how long usage is kept", () => {
	test("a person chooses, and what was not chosen is as the server has it", async () => {
		expect(await own(alice)).toEqual({
			months: null,
			chosen: false,
			default_months: null,
			most_months: null,
			kept_months: null,
			kept_since: null,
		} as never);
		await ada.send("PUT", "/api/admin/retention", { default_months: 12, most_months: null });
		expect(await own(alice)).toMatchObject({ months: null, chosen: false, kept_months: 12 });
		const chosen = await replyOf<Own>(server, ["PUT", PATH], await choose(alice, 6));
		expect(chosen).toMatchObject({ months: 6, chosen: true, kept_months: 6 });
		await choose(alice, null);
		expect(await own(alice)).toMatchObject({ months: null, chosen: true, kept_months: null });
		expect(await own(grace)).toMatchObject({ chosen: false, kept_months: 12 });
	});

	test("nobody chooses longer than the server keeps anything, and who had is kept no longer", async () => {
		await choose(alice, 24);
		await ada.send("PUT", "/api/admin/retention", { default_months: null, most_months: 12 });
		expect(await own(alice)).toMatchObject({ months: 24, kept_months: 12 });
		for (const months of [13, null]) {
			expect(await codeOf(await choose(grace, months))).toEqual([422, "beyond_rules"]);
		}
		expect((await choose(grace, 12)).status).toBe(200);
	});

	test.each([0, 121, 1.5, -1, "6", true, undefined])("%p is no number of months", async (months) => {
		expect((await choose(alice, months)).status).toBe(422);
		const rules = { default_months: months, most_months: null };
		expect((await ada.send("PUT", "/api/admin/retention", rules)).status).toBe(422);
		expect(await own(alice)).toMatchObject({ chosen: false });
	});

	test("admins settle for everyone, and a usual time is not longer than the longest", async () => {
		const put = (person: Person, usual: number | null, most: number | null) =>
			person.send("PUT", "/api/admin/retention", { default_months: usual, most_months: most });
		expect((await put(alice, 1, 1)).status).toBe(403);
		expect((await put(grace, 12, 6)).status).toBe(422);
		const rules = await replyOf(server, ["PUT", "/api/admin/retention"], await put(grace, 6, 12));
		expect(rules).toEqual({ default_months: 6, most_months: 12 });
		const read = await grace.ask("/api/admin/retention");
		expect(await replyOf(server, ["GET", "/api/admin/retention"], read)).toEqual(rules);
	});
});

test("what is older goes from sessions and blocks and stays in days; machines that send it again and compare find nothing wrong", async () => {
	const user = await findUser(server.db, alice.account.user);
	if (!user) throw new Error("the account has no user");
	const events = Array.from({ length: 50 }, (_, i) =>
		eventOf({ id: `msg_${i}`, at: server.now - (i + 1) * 2 * DAY, session: `s${i}` }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now });
	const total = async () => {
		const { totals } = (await (await alice.ask("/api/usage/aggregate")).json()) as { totals: object };
		return totals;
	};
	const count = async (path: string) => ((await (await alice.ask(path)).json()) as unknown[]).length;
	const before = await total();
	await choose(alice, 1);
	await APPLY_RETENTION.run(server.db, server.now, () => false);
	const { kept_since: since } = await own(alice);
	const horizon = Date.parse(since ?? "");
	expect(horizon % DAY).toBe(0);
	const left = events.filter(({ at }) => at >= horizon).length;
	expect(left).toBeGreaterThan(10);
	expect(await total()).toEqual(before);
	expect(await count("/api/usage/sessions?limit=1000")).toBe(left);
	expect(await count("/api/usage/blocks")).toBe(left);
	const digest = (await (await alice.ask("/api/usage/digest")).json()) as {
		horizon: number;
		days: unknown[];
	};
	expect([digest.horizon, digest.days.length]).toEqual([horizon, left]);
	expect(server.reported).toEqual([]);
});
