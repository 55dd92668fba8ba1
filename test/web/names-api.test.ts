import { describe, expect, test } from "bun:test";
import { listKnownNames } from "../../src/reports/first-use.ts";
import { projectId } from "../../src/usage/project-id.ts";
import { form } from "../support/forms.ts";
import { DESKTOP, eventOf, HOUR, ingestAll, LAPTOP } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";

const SHOP = "/home/ada/shop";
const TILL = "/home/ada/till";

/** Ada has two projects on two machines, Bob one project of the same name. */
async function start() {
	const server = await TestServer.start();
	const { ada, bob } = await server.joinAll();
	const tell = async ({ account }: Person, project: string, machine = LAPTOP) =>
		ingestAll(
			{ db: server.db, user: { id: account.user, zone: "UTC", horizon: 0 } },
			[eventOf({ id: `${project}-${machine.uuid}-${account.id}`, project, at: server.now - HOUR })],
			{ machine, now: server.now },
		);
	await tell(ada, SHOP);
	await tell(ada, TILL, DESKTOP);
	await tell(bob, SHOP);
	const patch = (who: Person, path: string, body: unknown, key = who.keys.full) =>
		server.ask(path, {
			method: "PATCH",
			headers: { "content-type": "application/json", "x-api-key": key },
			body: JSON.stringify(body),
		});
	const known = ({ account }: Person) => listKnownNames(server.db, { id: account.user, zone: "UTC" });
	const revisionOf = async ({ account }: Person) =>
		(await server.db.get<{ revision: number }>("select revision from users where id = ?", [account.user]))
			?.revision ?? 0;
	return { server, ada, bob, patch, known, revisionOf };
}

const AT_SHOP = `/api/projects/${projectId(SHOP)}`;
const AT_LAPTOP = `/api/machines/${LAPTOP.uuid}`;

describe("a project", () => {
	test("is given an alias, merged and hidden, and each is taken back by null", async () => {
		const { server, ada, bob, patch, known, revisionOf } = await start();
		const before = await revisionOf(ada);
		const answer = await patch(ada, AT_SHOP, { alias: " The shop\u0007 ", role: "owner", user: 2 });
		expect([answer.status, await answer.json()]).toEqual([
			200,
			{ id: projectId(SHOP), name: SHOP, alias: "The shop", mergedInto: null, hidden: false },
		]);
		expect(await revisionOf(ada)).toBe(before + 1);
		expect((await known(ada)).aliases).toEqual(new Map([[SHOP, "The shop"]]));
		expect((await known(bob)).aliases).toEqual(new Map());

		const merged = await patch(ada, AT_SHOP, { mergedInto: projectId(TILL) });
		expect(await merged.json()).toMatchObject({ mergedInto: projectId(TILL), alias: "The shop" });
		const { projects } = await known(ada);
		expect(projects).toEqual([TILL]);
		await patch(ada, AT_SHOP, { mergedInto: null, hidden: true, alias: null });
		expect((await known(ada)).aside?.projects).toEqual([{ name: SHOP, alias: null, into: null }]);
		expect(await (await patch(ada, AT_SHOP, { hidden: false })).json()).toMatchObject({ hidden: false });
		expect((await known(ada)).projects).toEqual([SHOP, TILL]);
		expect((await known(bob)).projects).toEqual([SHOP]);
		expect(server.reported).toEqual([]);
	});

	test("that is not one's own, or not there, is 404; as a target it is not understood", async () => {
		const { ada, bob, patch } = await start();
		expect((await patch(bob, `/api/projects/${projectId(TILL)}`, { alias: "x" })).status).toBe(404);
		expect((await patch(ada, "/api/projects/x", { alias: "x" })).status).toBe(404);
		const foreign = await patch(bob, AT_SHOP, { mergedInto: projectId(TILL) });
		const nowhere = await patch(bob, AT_SHOP, { mergedInto: "nowhere" });
		expect([foreign.status, nowhere.status]).toEqual([422, 422]);
	});

	test("goes into nothing that goes into it", async () => {
		const { ada, patch } = await start();
		expect((await patch(ada, AT_SHOP, { mergedInto: projectId(SHOP) })).status).toBe(409);
		await patch(ada, AT_SHOP, { mergedInto: projectId(TILL) });
		const circle = await patch(ada, `/api/projects/${projectId(TILL)}`, { mergedInto: projectId(SHOP) });
		expect(circle.status).toBe(409);
	});

	test.each([{ alias: "x".repeat(257) }, { alias: 1 }, { hidden: "yes" }, { mergedInto: "" }])(
		"takes no %o",
		async (body) => {
			const { ada, patch } = await start();
			expect((await patch(ada, AT_SHOP, body)).status).toBe(422);
		},
	);

	test("is not changed by a key that only reads", async () => {
		const { ada, patch, known } = await start();
		for (const kind of ["read", "ingest"] as const) {
			expect((await patch(ada, AT_SHOP, { alias: "x" }, ada.keys[kind])).status).toBe(403);
		}
		expect((await known(ada)).aliases).toEqual(new Map());
	});
});

describe("a machine", () => {
	test("is renamed, merged and archived by its UUID", async () => {
		const { ada, bob, patch, known } = await start();
		const answer = await patch(ada, AT_LAPTOP, { label: "Studio", archived: true });
		expect(await answer.json()).toEqual({
			id: LAPTOP.uuid,
			label: "laptop",
			alias: "Studio",
			mergedInto: null,
			archived: true,
		});
		expect((await known(ada)).machines.map(({ uuid }) => uuid)).toEqual([DESKTOP.uuid]);
		await patch(ada, AT_LAPTOP, { archived: false, mergedInto: DESKTOP.uuid });
		expect((await known(ada)).aside?.machines).toMatchObject([{ uuid: LAPTOP.uuid, into: DESKTOP.uuid }]);
		expect((await known(bob)).machines).toMatchObject([{ uuid: LAPTOP.uuid, alias: null }]);
		expect((await patch(bob, AT_LAPTOP, { mergedInto: DESKTOP.uuid })).status).toBe(422);
		expect((await patch(bob, `/api/machines/${DESKTOP.uuid}`, { label: "x" })).status).toBe(404);
	});

	test("keeps what people call it when it sends under another label", async () => {
		const { server, ada, patch, known } = await start();
		await patch(ada, AT_LAPTOP, { label: "Studio" });
		const user = { id: ada.account.user, zone: "UTC", horizon: 0 };
		const machine = { ...LAPTOP, label: "new-name" };
		await ingestAll({ db: server.db, user }, [eventOf({ id: "later" })], { machine, now: server.now });
		const [laptop] = (await known(ada)).machines;
		expect(laptop).toMatchObject({ label: "new-name", alias: "Studio" });
	});

	test("in the list of machines counts under the one that it was merged into", async () => {
		const { ada, patch } = await start();
		await patch(ada, AT_LAPTOP, { mergedInto: DESKTOP.uuid });
		await patch(ada, `/api/machines/${DESKTOP.uuid}`, { label: "Desk", archived: true });
		const machines = await (await ada.ask("/api/machines")).json();
		expect(machines).toMatchObject([
			{ machine: DESKTOP.uuid, machine_id: "desktop", alias: "Desk", archived: true, days_tracked: 1 },
		]);
	});
});

describe("forms", () => {
	const post = (server: TestServer, { browser }: Person, path: string, fields: Record<string, string>) => {
		const { cookie = "", "x-csrf-token": csrf = "" } = browser;
		return server.ask(path, form({ csrf, ...fields }, { cookie }));
	};
	const project = `/projects/${projectId(SHOP)}/edit`;
	const machine = `/machines/${LAPTOP.uuid}/edit`;

	test("change names and lead back to their page, and to no other site", async () => {
		const { server, ada, known } = await start();
		const go = async (path: string, fields: Record<string, string>) => {
			const answer = await post(server, ada, path, fields);
			return [answer.status, answer.headers.get("location")];
		};
		const next = "/projects?range=all";
		expect(await go(project, { action: "rename", alias: "Shop", next })).toEqual([303, next]);
		expect((await known(ada)).aliases?.get(SHOP)).toBe("Shop");
		expect(await go(project, { action: "rename", alias: " ", next: "//evil.example" })).toEqual([303, "/"]);
		expect((await known(ada)).aliases).toEqual(new Map());
		await go(project, { action: "merge", into: projectId(TILL) });
		expect((await known(ada)).projects).toEqual([TILL]);
		await go(project, { action: "split" });
		await go(project, { action: "hide" });
		expect((await known(ada)).projects).toEqual([TILL]);
		await go(project, { action: "show" });
		expect((await known(ada)).projects).toEqual([SHOP, TILL]);
		await go(machine, { action: "rename", label: "Studio" });
		await go(machine, { action: "archive" });
		expect((await known(ada)).aside?.machines).toMatchObject([{ alias: "Studio", into: null }]);
		await go(machine, { action: "restore" });
		await go(machine, { action: "merge", into: DESKTOP.uuid });
		expect((await known(ada)).machines.map(({ uuid }) => uuid)).toEqual([DESKTOP.uuid]);
		expect(await go(machine, { action: "split", next: "/machines" })).toEqual([303, "/machines"]);
		expect((await known(ada)).machines).toHaveLength(2);
	});

	test.each<[string, Record<string, string>, number]>([
		[project, {}, 422],
		[project, { action: "constructor" }, 422],
		[project, { action: "merge" }, 422],
		[project, { action: "merge", into: "x" }, 422],
		[project, { action: "merge", into: projectId(SHOP) }, 409],
		[project, { action: "rename", alias: "x".repeat(257) }, 422],
		[machine, { action: "hide" }, 422],
		["/projects/x/edit", { action: "hide" }, 404],
		["/machines/x/edit", { action: "archive" }, 404],
	])("%s with %o is refused", async (path, fields, status) => {
		const { server, ada, revisionOf } = await start();
		const before = await revisionOf(ada);
		expect((await post(server, ada, path, fields)).status).toBe(status);
		expect(await revisionOf(ada)).toBe(before);
	});

	test("of a session that only reads change nothing", async () => {
		const { server, ada, known } = await start();
		const login = await server.ask("/login", form({ key: ada.keys.read }));
		const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
		const answer = await server.ask(project, form({ action: "hide" }, { cookie }));
		expect(answer.status).toBe(403);
		expect((await known(ada)).projects).toContain(SHOP);
	});
});
