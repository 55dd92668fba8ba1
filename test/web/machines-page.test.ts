import { beforeEach, describe, expect, test } from "bun:test";
import { ingest } from "../../src/ledger/events.ts";
import { findUser } from "../../src/ledger/users.ts";
import { form } from "../support/forms.ts";
import { DAY, DESKTOP, eventOf, LAPTOP, MINUTE, PRICES } from "../support/ledger.ts";
import { byClass, elementsOf, plain } from "../support/markup.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let alice: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ alice } = await server.joinAll());
	await use(alice, LAPTOP, 3, 0);
	await use(alice, DESKTOP, 5, 4);
});

/** Responses of 100 tokens at a hundredth of a cent each, `ago` days before now. */
async function use(person: Person, machine: typeof LAPTOP, count: number, ago: number): Promise<void> {
	const now = server.now - ago * DAY;
	const events = Array.from({ length: count }, (_, i) =>
		eventOf({ id: `${machine.uuid}-${i}`, at: now + (i + 1) * MINUTE, session: machine.label }),
	);
	await server.db.transaction(async (tx) => {
		const user = await findUser(tx, person.account.user);
		if (!user) throw new Error("nobody is there");
		await ingest(tx, { user, machine, prices: PRICES, now }, events);
	});
}

async function textsOf(path: string, person = alice, of = "machine"): Promise<string[]> {
	const response = await person.visit(path);
	expect(response.status).toBe(200);
	return byClass(await elementsOf(await response.text()), of).map(({ text }) => plain(text));
}

type Rows = { rows: Record<string, unknown>[]; totals: Record<string, unknown> };

async function rowsOf(path: string): Promise<Rows> {
	return (await alice.visit(path)).json() as Promise<Rows>;
}

/** Changes a machine by the page's form. */
function change(uuid: string, fields: Record<string, string>, person = alice): Promise<Response> {
	const init = form({ next: "/machines?archived=1", ...fields });
	return person.visit(`/machines/${uuid}/edit`, init);
}

describe("the page of machines", () => {
	test("shows each with what was used on it, the dearest first", async () => {
		const [first = "", second = "", ...more] = await textsOf("/machines");
		expect(more).toEqual([]);
		expect(first).toStartWith("desktopSilent 4 d<$0.01");
		expect(first).toContain("Share62.5 %Responses5Tokens500");
		expect(first).toContain("It has been silent for 4 days.");
		expect(second).toContain("laptop");
		expect(second).toContain("Share37.5 %Responses3Tokens300");
	});

	test("has the same numbers as JSON and CSV", async () => {
		const { rows, totals } = await rowsOf("/api/views/machines/machines");
		expect(rows.map(({ machine, responses, totalTokens }) => [machine, responses, totalTokens])).toEqual([
			[DESKTOP.uuid, 5, 500],
			[LAPTOP.uuid, 3, 300],
		]);
		expect(totals).toMatchObject({ responses: 8, totalTokens: 800 });
		const csv = await (await alice.visit("/api/views/machines/machines?format=csv")).text();
		expect(csv.split("\r\n")[1]).toStartWith(`${DESKTOP.uuid},desktop,`);
	});

	test("keeps to days, filters and the order that are asked for", async () => {
		expect((await textsOf("/machines?sort=seen"))[0]).toStartWith("laptop");
		expect((await textsOf("/machines?sort=label"))[0]).toStartWith("desktop");
		expect(await textsOf(`/machines?machine=${LAPTOP.uuid}`)).toHaveLength(1);
		expect(await textsOf(`/machines?machine=!${LAPTOP.uuid}`)).toHaveLength(1);
		const { rows } = await rowsOf("/api/views/machines/machines?range=today");
		expect(rows.map(({ label, responses }) => [label, responses])).toEqual([
			["laptop", 3],
			["desktop", 0],
		]);
		for (const wrong of ["sort=size", "archived=2"]) {
			expect((await alice.visit(`/machines?${wrong}`)).status).toBe(422);
		}
	});

	test("says where two have one name, and where one runs an older program", async () => {
		await use(alice, { ...LAPTOP, client: "1.2.0" }, 3, 0);
		await change(LAPTOP.uuid, { action: "rename", label: "desktop" });
		const texts = await textsOf("/machines");
		expect(texts.filter((text) => text.includes("Another machine has the same name."))).toHaveLength(2);
		expect(texts[0]).toContain("It runs PromptPulse 1.0.0, and another machine has 1.2.0.");
	});

	test("is each person's own", async () => {
		const eve = await server.join("eve");
		await use(eve, { ...LAPTOP, uuid: "00000000-0000-4000-8000-00000000000e" }, 1, 0);
		expect(await textsOf("/machines", eve)).toHaveLength(1);
		expect((await change(LAPTOP.uuid, { action: "archive" }, eve)).status).toBe(404);
		expect(await textsOf("/machines")).toHaveLength(2);
	});
});

describe("a machine's forms", () => {
	test("rename it, and give its own name back", async () => {
		const renamed = await change(LAPTOP.uuid, { action: "rename", label: "Ann's laptop" });
		expect([renamed.status, renamed.headers.get("location")]).toEqual([303, "/machines?archived=1"]);
		expect((await textsOf("/machines"))[1]).toStartWith("Ann's laptop");
		await change(LAPTOP.uuid, { action: "rename", label: "" });
		expect((await textsOf("/machines"))[1]).toStartWith("laptop");
	});

	test("merge it into another, and split it off again", async () => {
		await change(LAPTOP.uuid, { action: "merge", into: DESKTOP.uuid });
		const merged = await textsOf("/machines");
		expect(merged).toHaveLength(1);
		expect(merged[0]).toContain("Responses8Tokens800");
		expect(merged[0]).toContain("Counted together with laptop.");
		await change(LAPTOP.uuid, { action: "split" });
		expect(await textsOf("/machines")).toHaveLength(2);
	});

	test("archive it: it leaves the list and stays in the sum", async () => {
		await change(DESKTOP.uuid, { action: "archive" });
		expect(await textsOf("/machines")).toHaveLength(1);
		expect(await textsOf("/machines", alice, "machines-archived")).toEqual([
			"1 machine archived. What was used on them is in every sum. Show them",
		]);
		expect((await rowsOf("/api/views/machines/machines")).totals).toMatchObject({ responses: 8 });
		const [shown = ""] = await textsOf("/machines?archived=1");
		expect(shown).toStartWith("desktopArchived");
		expect(shown).not.toContain("silent");
		await change(DESKTOP.uuid, { action: "restore" });
		expect(await textsOf("/machines")).toHaveLength(2);
	});

	test("need the session's token", async () => {
		const init = form({ action: "archive", next: "/" }, { cookie: alice.browser.cookie ?? "" });
		expect((await server.ask(`/machines/${LAPTOP.uuid}/edit`, init)).status).toBe(403);
		expect(await textsOf("/machines")).toHaveLength(2);
	});
});
