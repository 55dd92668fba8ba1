import { listKeys, saveNewKey } from "../../src/ledger/api-keys.ts";
import type { Database } from "../../src/ledger/database.ts";
import { saveInstanceSetting } from "../../src/ledger/instance-settings.ts";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { joinLeaderboard, savePlan } from "../../src/ledger/preferences.ts";
import { findUser } from "../../src/ledger/users.ts";
import { saveNewSession } from "../../src/ledger/web-sessions.ts";
import { projectId } from "../../src/usage/project-id.ts";
import { Limiter, type Limits } from "../../src/web/gates/limits.ts";
import { mailingOf } from "../../src/web/people/mailing.ts";
import { eventOf, ingestAll, machineNamed } from "./ledger.ts";
import { ResendServer } from "./resend.ts";
import { type Person, SERVER, TestServer } from "./server.ts";
import { unzipped } from "./unzipped.ts";

const HOUR_MS = 3_600_000;

/** Somebody with usage, in which every name says whose it is. */
export type Marked = {
	person: Person;
	/** Texts that nobody else may ever be told, whoever they are: names in the usage, ids, secrets. */
	secrets: readonly string[];
	/** What only admins are told beside oneself. */
	email: string;
	/** Everything of the person that can be named in an address, and by what name. */
	ids: readonly { what: string; id: string }[];
};

/** A server with people who each have everything that one may have. */
export type World = { server: TestServer } & Record<"ada" | "grace" | "alice" | "bob", Marked>;

/** Limits that no test reaches. */
export function noLimits(): Limits {
	const limiter = () => new Limiter({ most: 1e9, perMinute: 1e9 });
	return {
		addresses: limiter(),
		failures: limiter(),
		people: limiter(),
		changes: limiter(),
		signUps: { most: 1e9, windowMs: 1 },
	};
}

/**
 * Ada owns the server, Grace is its admin, Alice and Bob are members.
 *
 * @param db an empty one
 */
export async function makeWorld(db?: Database): Promise<World> {
	const mailing = mailingOf(new ResendServer().unref().settings, SERVER);
	const server = await TestServer.start({ limits: noLimits(), mailing, ...(db && { db }) });
	const { ada, grace, alice, bob } = await server.joinAll();
	await server.db.transaction((tx) => saveInstanceSetting(tx, "leaderboard", true));
	return {
		server,
		ada: await mark(server, ada, "ada", 1),
		grace: await mark(server, grace, "grace", 2),
		alice: await mark(server, alice, "alice", 3),
		bob: await mark(server, bob, "bob", 4),
	};
}

/** What is told of nobody else appears as this in names of theirs. */
function markerOf(name: string): string {
	return `zq-${name}-only`;
}

async function mark(server: TestServer, person: Person, name: string, number: number): Promise<Marked> {
	const { db, now } = server;
	const { user, id } = person.account;
	const marker = markerOf(name);
	const machine = { ...machineNamed(`${marker}-laptop`, 40 + number), client: `${marker}-client` };
	const ledgerUser = await findUser(db, user);
	if (!ledgerUser) throw new Error(`${name} is not in the ledger`);
	const names = {
		session: `${marker}-session`,
		project: `/home/${marker}/app`,
		branch: `${marker}-branch`,
		agent: `${marker}-agent`,
		version: `${marker}-1.0`,
	};
	const event = eventOf({ ...names, id: `${marker}-message`, at: now - HOUR_MS, model: `${marker}-model` });
	await ingestAll({ db, user: ledgerUser }, [event], { machine, now });
	const [email, displayName] = [`zq-${name}-mail@example.com`, `Dr ${name}`];
	await db.run("update accounts set email = ?, display_name = ? where user = ?", [email, displayName, user]);
	const made = await db.transaction(async (tx) => ({
		key: await saveNewKey(tx, user, { kind: "read", name: `${marker}-key`, expiresAt: null }, now),
		session: await saveNewSession(tx, { user, key: null, agent: `${marker}-browser` }, now),
		invite: await saveNewInvite(tx, { role: "member", createdBy: user, expiresAt: now + HOUR_MS }, now),
	}));
	await report(db, user, marker, now);
	// What all may read of them is no marker of theirs.
	await db.transaction(async (tx) => {
		await joinLeaderboard(tx, user, { text: `Player ${name}`, key: `player${name}` }, now);
		await savePlan(tx, user, { plan: "other", planCents: 12_345 + number });
	});
	const keys = await listKeys(db, user);
	const numbers = await numbersOf(db, user);
	const secrets = [
		marker,
		machine.uuid,
		event.key,
		made.key.text,
		made.session.secret,
		made.session.session.id,
		...Object.values(person.keys),
		...keys.map((key) => key.id),
	];
	const ids = [
		{ what: "account", id },
		{ what: "username", id: person.account.username },
		{ what: "number", id: String(user) },
		...keys.map((key) => ({ what: `key ${key.name}`, id: key.id })),
		{ what: "web session", id: made.session.session.id },
		{ what: "invite", id: made.invite.invite.id },
		{ what: "machine", id: machine.uuid },
		{ what: "label", id: machine.label },
		{ what: "project's id", id: projectId(names.project) },
		{ what: "event", id: event.key },
		{ what: "model", id: event.model },
		...Object.entries(names).map(([what, text]) => ({ what, id: text })),
		...numbers,
	];
	return { person, secrets, email, ids };
}

/** Numbers under which the ledger keeps a person's names. */
async function numbersOf(db: Database, user: number): Promise<{ what: string; id: string }[]> {
	const tables = ["machines", "projects", "sessions", "branches", "models", "agents", "versions"];
	const found: { what: string; id: string }[] = [];
	for (const table of tables) {
		const rows = await db.all<{ id: number }>(`select id from ${table} where user = ? order by id`, [user]);
		found.push(...rows.map(({ id }) => ({ what: `number of ${table}`, id: String(id) })));
	}
	return found;
}

/** Totals that an old client reported. */
async function report(db: Database, user: number, marker: string, now: number): Promise<void> {
	const day = Math.floor(now / 86_400_000) - 3;
	const at = day * 86_400_000;
	const sums = { input: 1, output: 2, cache_write: 3, cache_read: 4, total: 10, cost: 5, superseded: 0 };
	const common = { user, label: `${marker}-old`, ...sums, source: "test", received_at: now };
	const models = JSON.stringify([`${marker}-model`]);
	await insert(db, "reported_days", { ...common, day, models, breakdowns: "[]" });
	await insert(db, "reported_sessions", {
		...common,
		session: `${marker}-old-session`,
		project: `/home/${marker}/old`,
		started_at: at,
		ended_at: at + HOUR_MS,
		models,
		breakdowns: "[]",
	});
	await insert(db, "reported_blocks", {
		...common,
		block: `${marker}-old-block`,
		started_at: at,
		ended_at: at + 5 * HOUR_MS,
		entries: 1,
		models,
	});
}

async function insert(db: Database, table: string, row: Record<string, string | number>): Promise<void> {
	const names = Object.keys(row);
	await db.run(
		`insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
		Object.values(row),
	);
}

/** Everything that a ledger keeps of a person, as one text. */
export async function dumpOf(db: Database, { person }: Marked): Promise<string> {
	const tables = await db.all<{ name: string }>(
		`select m.name from sqlite_master as m, pragma_table_info(m.name) as c
		where m.type = 'table' and c.name = 'user' order by m.name`,
	);
	const dump: Record<string, unknown> = {};
	for (const { name } of tables) {
		dump[name] = await db.all(`select * from ${name} where user = ?`, [person.account.user]);
	}
	dump.user = await db.all("select * from users where id = ?", [person.account.user]);
	return JSON.stringify(dump, (_name, value) => (typeof value === "bigint" ? `${value}` : value));
}

/** All that an answer says: its status, its headers and its body; of a stream what it begins with. */
export async function saidBy(response: Response): Promise<string> {
	const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
	const head = `${response.status} ${JSON.stringify([...response.headers])}`;
	const archive = response.headers.get("content-type") === "application/zip" && (await response.bytes());
	// Who asks for the head alone gets no body.
	if (archive && archive.length > 0) {
		const files = unzipped(archive);
		return `${head}\n${[...files].map(([name, content]) => `${name}\n${content}`).join("\n")}`;
	}
	if (archive) return head;
	if (!isStream || !response.body) return `${head}\n${await response.text()}`;
	const reader = response.body.getReader();
	const { value } = await reader.read();
	await reader.cancel();
	return `${head}\n${new TextDecoder().decode(value)}`;
}

/** What an answer says of people who are not the one who asked. */
export function leaksIn(said: string, others: readonly Marked[], asker?: Marked): string[] {
	const { role } = asker?.person.account ?? {};
	const seesEmails = role === "owner" || role === "admin";
	return others
		.filter((other) => other !== asker)
		.flatMap(({ secrets, email }) => (seesEmails ? secrets : [...secrets, email]))
		.filter((secret) => said.includes(secret));
}
