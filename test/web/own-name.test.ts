import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { byId, elementsOf } from "../support/markup.ts";
import type { Person, TestServer } from "../support/server.ts";
import { inputOf, SettingsStage, settingsOf, submit } from "../support/settings-stage.ts";

let stage: SettingsStage;
let server: TestServer;
let ada: Person;
let alice: Person;

beforeEach(async () => {
	stage = await SettingsStage.open();
	({ server, ada, alice } = stage);
});

afterEach(() => stage.close());

const nameOf = async (who: Person) => (await (await who.ask("/api/user/profile")).json()).display_name;
const put = (who: Person, display_name: unknown) => who.send("PUT", "/api/user/profile", { display_name });

describe("a person's name for others", () => {
	test("is chosen by the form or by the API, and seen by who has an account", async () => {
		const saved = await submit(alice, "/settings/name", { shown_name: "  Alice   Liddell " });
		expect([saved.status, saved.headers.get("location")]).toEqual([303, "/settings#profile"]);
		expect(inputOf(await settingsOf(alice), "shown_name")).toBe("Alice Liddell");
		expect(await (await alice.ask("/api/user/profile")).json()).toEqual({
			id: alice.account.id,
			username: "alice",
			display_name: "Alice Liddell",
			role: "member",
			created_at: expect.any(String),
		});
		const users = (await (await ada.ask("/api/users")).json()) as { display_name: string }[];
		expect(users.map(({ display_name }) => display_name)).toEqual([null, "Alice Liddell"] as never);
		expect(await (await ada.visit("/admin?q=liddell")).text()).toContain("<bdi>Alice Liddell</bdi>");
		const counted = (await (await ada.ask("/api/admin/users")).json()) as { display_name: string }[];
		expect(counted.at(-1)).toMatchObject({ display_name: "Alice Liddell" });
		expect((await put(alice, null)).status).toBe(200);
		expect(await nameOf(alice)).toBeNull();
		await submit(alice, "/settings/name", { shown_name: "Alice" });
		await submit(alice, "/settings/name", { shown_name: "" });
		expect(await nameOf(alice)).toBeNull();
	});

	test("may be one's own user name, and no one else's name or what looks like it", async () => {
		await put(ada, "Countess Lovelace");
		await server.db.run(
			"insert into preferences (user, leaderboard_at, leaderboard_name, leaderboard_key) values (?, 1, 'Rook', 'rook')",
			[ada.account.user],
		);
		// The last has a Cyrillic letter in it.
		for (const name of ["ADA", "A d a", "countess  lovelace", "rook", "\u0430da"]) {
			expect([name, (await put(alice, name)).status]).toEqual([name, 409]);
			const refused = await submit(alice, "/settings/name", { shown_name: name });
			expect(refused.status).toBe(422);
			const page = await elementsOf(await refused.text());
			expect(inputOf(page, "shown_name")).toBe(name);
			expect(byId(page, "shown_name-wrong")?.text).toContain("Somebody else is known here by this name");
		}
		expect((await put(alice, "Alice")).status).toBe(200);
		expect((await put(ada, "countess lovelace")).status).toBe(200);
	});

	test("keeps others from taking it on the leaderboard", async () => {
		await put(alice, "Queen of Hearts");
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		const join = (who: Person) =>
			who.send("PUT", "/api/user/leaderboard-settings", {
				leaderboard_enabled: true,
				display_name: "queen of hearts",
			});
		expect((await join(ada)).status).toBe(409);
		expect((await join(alice)).status).toBe(200);
	});

	test.each(["\u202eeve", "a\nb", "x".repeat(51), "\u0301\u0301\u0301\u0301a", "\u200b"])(
		"is nothing that cannot be read: %j",
		async (name) => {
			expect((await put(alice, name)).status).toBe(422);
			expect(await nameOf(alice)).toBeNull();
		},
	);

	test("is noted when it changes, and not what it is", async () => {
		await put(alice, "Liddell");
		await put(alice, "Liddell");
		const audit = (await (await alice.ask("/api/user/audit")).json()) as { action: string }[];
		expect(audit.filter(({ action }) => action === "account.name")).toHaveLength(1);
		expect(JSON.stringify(audit)).not.toContain("Liddell");
	});

	test("two who want one at the same time do not both get it", async () => {
		const answers = await Promise.all([put(ada, "Queen"), put(alice, "queen")]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
	});
});
