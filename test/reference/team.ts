import { join } from "node:path";
import { previewUploads } from "../../src/collector/preview.ts";
import { LOCAL_USER } from "../../src/ledger/users.ts";
import type { Upload } from "../../src/usage/upload.ts";
import { mailingOf } from "../../src/web/people/mailing.ts";
import { ResendServer } from "../support/resend.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";

/** Two hours after the last response of the fixtures, in the block of which it still is. */
const TOLD_AT = Date.UTC(2026, 2, 3, 14, 30);
export const MACHINE_UUID = "00000000-0000-4000-8000-000000000001";
const FIXTURES = join(import.meta.dir, "../fixtures/claude");
const MACHINE = {
	uuid: MACHINE_UUID,
	label: "laptop",
	os: "linux",
	client: "0.1.0",
	zone: "UTC",
};

/** A server whose people used what is in the fixtures: Ada owns it, Grace is an admin, Bob a member. */
export type Team = {
	server: TestServer;
	ada: Person;
	grace: Person;
	bob: Person;
	uploads: Upload[];
	stop(): Promise<void>;
};

export async function makeTeam(): Promise<Team> {
	const resend = new ResendServer();
	const server = await TestServer.start({ mailing: mailingOf(resend.settings, SERVER) });
	server.now = TOLD_AT;
	const ada = await server.join("ada", "owner");
	const grace = await server.join("grace", "admin");
	const bob = await server.join("bob");
	const uploads = await fixtureUploads();
	for (const upload of uploads) {
		// Of three people on the leaderboard each has something else.
		for (const [person, share] of [
			[ada, upload.events.length],
			[grace, 5],
			[bob, 3],
		] as const) {
			await expectDone(
				person.send("POST", "/api/usage/events", { ...upload, events: upload.events.slice(0, share) }),
			);
		}
	}
	await expectDone(ada.send("PATCH", "/api/admin/settings", { leaderboard: true }));
	for (const person of [ada, grace, bob]) {
		const display_name = `The ${person.account.username}`;
		await expectDone(
			person.send("PUT", "/api/user/leaderboard-settings", { leaderboard_enabled: true, display_name }),
		);
	}
	await expectDone(ada.send("PUT", "/api/user/email", { email: "ada@example.com" }));
	const [link = ""] = /\/mail\/confirm\/\S+/.exec(resend.taken[0]?.text ?? "") ?? [];
	await expectDone(server.ask(link, { method: "POST" }));
	return { server, ada, grace, bob, uploads, stop: () => resend.stop() };
}

/** What a machine with the fixtures would send. */
async function fixtureUploads(): Promise<Upload[]> {
	const db = await emptyLedger();
	await collectFrom(db, FIXTURES, { machine: MACHINE, now: TOLD_AT });
	const privacy = { userHome: "/home/ann", setting: "basename" } as const;
	return Array.fromAsync(previewUploads(db, { user: LOCAL_USER, machine: MACHINE, privacy }));
}

async function expectDone(asked: Promise<Response>): Promise<void> {
	const answer = await asked;
	if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
}
