import { expect, test } from "bun:test";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { cookieOf, form } from "../support/forms.ts";
import { byId, elementsOf, plain } from "../support/markup.ts";
import { TestServer } from "../support/server.ts";

/** Everything that stands in a database, table by table. */
async function everything({ db }: TestServer): Promise<string> {
	const tables = await db.all<{ name: string }>(
		"select name from sqlite_master where type = 'table' order by name",
	);
	const rows = await Promise.all(
		tables.map(async ({ name }) => [name, await db.all(`select * from "${name}"`)] as const),
	);
	return JSON.stringify(rows, (_, value: unknown) => {
		if (typeof value === "bigint") return String(value);
		return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
	});
}

test("no key, code, cookie or token stands in the database", async () => {
	const server = await TestServer.start();
	const { code: setup } = await server.db.transaction((tx) =>
		saveNewInvite(tx, { role: "owner", createdBy: null, expiresAt: server.now + 60_000 }, server.now),
	);
	const set = await server.ask(`/setup/${setup}`, form({ username: "ada" }));
	const cookie = cookieOf(set);
	const elements = await elementsOf(await set.text());
	const key = plain(byId(elements, "command-key")?.text);
	const headers = { "x-api-key": key, "content-type": "application/json" };
	const post = async (path: string, body: object) =>
		(await (
			await server.ask(path, { method: "POST", headers, body: JSON.stringify(body) })
		).json()) as Record<string, string>;
	const { key: ingest = "" } = await post("/api/user/keys", { name: "laptop", kind: "ingest" });
	const { url: link = "" } = await post("/api/auth/link", {});
	const { code: invite = "" } = await post("/api/invites", {});
	const login = cookieOf(await server.ask("/login", form({ key })));
	const csrf = /name="csrf" value="([^"]+)"/.exec(
		await (await server.ask("/", { headers: { cookie } })).text(),
	)?.[1];
	const opened = cookieOf(await server.ask(new URL(link).pathname));
	// A wrong secret may be a right one of somewhere else.
	const mistyped = `${key.slice(0, -1)}_`;
	await server.ask("/login", form({ key: mistyped }));

	const secrets = [
		setup,
		key,
		ingest,
		new URL(link).pathname.split("/").at(-1),
		invite,
		...[cookie, login, opened].map((text) => text.split("=")[1]),
		csrf,
		mistyped,
	];
	const text = await everything(server);
	expect(text).toContain("ada");
	for (const secret of secrets) {
		expect(secret?.length).toBeGreaterThan(20);
		expect(text).not.toContain(secret ?? "");
	}
	expect(server.reported).toEqual([]);
});
