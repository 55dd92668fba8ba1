import { beforeEach, describe, expect, test } from "bun:test";
import { saveDisabled } from "../../src/ledger/accounts.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { form } from "../support/forms.ts";
import { HOUR } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let ada: Person;
let alice: Person;

beforeEach(async () => {
	server = await TestServer.start();
	ada = await server.join("ada", "owner");
	alice = await server.join("alice");
});

/** All that an answer tells, but for what is another one each time. */
async function told(response: Response): Promise<unknown> {
	const headers = Object.fromEntries(response.headers);
	delete headers["x-request-id"];
	const body = (await response.text()).replaceAll(response.headers.get("x-request-id") ?? "\0", "");
	return { status: response.status, headers, body };
}

describe("S10: whether there is an account is told to nobody", () => {
	/** A key that was never given out, one that is revoked, and one of somebody who may do nothing any more. */
	async function keysThatOpenNothing(): Promise<string[]> {
		const never = (await (await TestServer.start()).join("nobody")).keys.full;
		const [row] = (await (await ada.ask("/api/user/keys")).json()) as { id: string }[];
		const made = await ada.send("POST", "/api/user/keys", { name: "revoked", kind: "read" });
		const { id, key: revoked } = (await made.json()) as { id: string; key: string };
		await ada.ask(`/api/user/keys/${id}`, { method: "DELETE" });
		await server.db.transaction((tx) => saveDisabled(tx, alice.account.user, server.now));
		expect(row).toBeDefined();
		return [never, revoked, alice.keys.full];
	}

	test("by a key at the log-in", async () => {
		const answers: unknown[] = [];
		for (const key of await keysThatOpenNothing()) {
			answers.push(await told(await server.ask("/login", form({ key }), `10.0.0.${answers.length}`)));
		}
		expect(answers[0]).toMatchObject({ status: 401 });
		expect(answers).toEqual([answers[0], answers[0], answers[0]]);
	});

	test("by a key at the API", async () => {
		const answers: unknown[] = [];
		for (const key of await keysThatOpenNothing()) {
			const asked = await server.ask("/api/auth/validate", { headers: { "x-api-key": key } });
			answers.push(await told(asked));
		}
		expect(answers[0]).toMatchObject({ status: 401 });
		expect(answers).toEqual([answers[0], answers[0], answers[0]]);
	});

	test("by an invite that was never made, is used up, or is over", async () => {
		const invite = async (expiresAt: number) => {
			const wanted = { role: "member", createdBy: ada.account.user, expiresAt } as const;
			return (await server.db.transaction((tx) => saveNewInvite(tx, wanted, server.now))).code;
		};
		const [used, over] = [await invite(server.now + HOUR), await invite(server.now + 1)];
		server.now += 2;
		const joined = await server.ask(`/join/${used}`, form({ username: "bob", email: "" }));
		expect(joined.status).toBe(200);
		const answers: unknown[] = [];
		for (const code of ["x".repeat(used.length), used, over]) {
			answers.push(await told(await server.ask(`/join/${code}`)));
		}
		expect(answers[0]).toMatchObject({ status: 410 });
		expect(answers).toEqual([answers[0], answers[0], answers[0]]);
	});

	test("by a name or an address that is taken, without an invite that is good", async () => {
		await ada.send("PUT", "/api/user/email", { email: "ada@mail.example" });
		const answers: unknown[] = [];
		const people = [
			{ username: "ada" },
			{ username: "free" },
			{ username: "free", email: "ada@mail.example" },
		];
		for (const person of people) {
			const asked = await server.ask("/api/users", {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(person),
			});
			answers.push(await told(asked));
		}
		expect(answers[0]).toMatchObject({ status: 403 });
		expect(answers).toEqual([answers[0], answers[0], answers[0]]);
	});

	test("by asking for a name", async () => {
		const ask = async (name: string) => told(await server.ask(`/api/users/by-username/${name}`));
		expect(await ask("ada")).toEqual(await ask("nobody"));
	});
});
