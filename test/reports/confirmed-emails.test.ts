import { expect, test } from "bun:test";
import { saveConfirmedEmail } from "../../src/ledger/report-times.ts";
import { listConfirmedEmails } from "../../src/reports/confirmed-emails.ts";
import { TestServer } from "../support/server.ts";

test("an address is told from a claim: it was confirmed, and is the one that the account has now", async () => {
	const server = await TestServer.start();
	const ada = await server.join("ada", "owner");
	const [alice, bob] = [await server.join("alice"), await server.join("bob")];
	const claim = (who: typeof ada, email: string) => who.send("PUT", "/api/user/email", { email });
	for (const person of [ada, alice, bob]) await claim(person, `${person.account.username}@mail.example`);
	for (const person of [ada, alice])
		await saveConfirmedEmail(server.db, person.account.user, `${person.account.username}@mail.example`);
	await claim(alice, "queen@mail.example");
	expect(await listConfirmedEmails(server.db)).toEqual(new Set([ada.account.user]));
});
