import { isAdmin } from "../../src/account/account.ts";
import { type KeyKind, mintKey } from "../../src/account/api-key.ts";
import { saveDisabled } from "../../src/ledger/accounts.ts";
import { revokeKey, saveNewKey } from "../../src/ledger/api-keys.ts";
import { saveNewSession } from "../../src/ledger/web-sessions.ts";
import { csrfToken, sessionCookie } from "../../src/web/gates/session-cookie.ts";
import type { Route } from "../../src/web/route.ts";
import type { Marked, World } from "./isolation.ts";

/** Somebody who calls, and how that is known. */
export type Caller = {
	name: string;
	headers: Record<string, string>;
	/** Nothing of what came along is good. */
	isStranger?: boolean;
	/** More than one key came. */
	isAmbiguous?: boolean;
	/** Another site's page sent it. */
	isCrossSite?: boolean;
	key?: KeyKind;
	/** The kind of the key that opened the session. */
	session?: KeyKind;
	hasToken?: boolean;
	isAdmin?: boolean;
	who?: Marked;
};

/** What the rule of each access is, said once more: nothing of it is taken from what is tested. */
const MAY: Record<Route["access"], { keys: string; session: boolean; admin: boolean; changes: boolean }> = {
	anyone: { keys: "", session: false, admin: false, changes: false },
	page: { keys: "", session: true, admin: false, changes: false },
	identify: { keys: "full read ingest", session: true, admin: false, changes: false },
	read: { keys: "full read", session: true, admin: false, changes: false },
	write: { keys: "full", session: true, admin: false, changes: true },
	send: { keys: "full ingest", session: false, admin: false, changes: true },
	"admin page": { keys: "", session: true, admin: true, changes: false },
	"admin read": { keys: "full read", session: true, admin: true, changes: false },
	"admin write": { keys: "full", session: true, admin: true, changes: true },
};

/** With which status a caller is turned away from a route, or undefined for one who is let in. */
export function refusalOf({ method, access }: Route, caller: Caller): number | undefined {
	const isChange = method !== "GET";
	if (caller.isAmbiguous) return 400;
	if (isChange && caller.isCrossSite) return 403;
	if (access === "anyone") return undefined;
	const may = MAY[access];
	const isPage = access === "page" || access === "admin page";
	const isKey = caller.key !== undefined && !isPage;
	const isKnown = isKey || (caller.session !== undefined && !caller.isStranger);
	if (!isKnown || caller.isStranger) return isPage ? 303 : 401;
	if (isKey && !may.keys.includes(caller.key ?? "-")) return 403;
	if (!isKey && (!may.session || (may.changes && caller.session !== "full"))) return 403;
	if (may.admin && !caller.isAdmin) return 403;
	return !isKey && isChange && !caller.hasToken ? 403 : undefined;
}

/** Everyone who may come to a door. */
export async function makeCallers(world: World): Promise<Caller[]> {
	return [...(await makeStrangers(world)), ...(await makeMembers(world))];
}

async function makeStrangers({ server, alice, bob }: World): Promise<Caller[]> {
	const { db, now } = server;
	const { full } = alice.person.keys;
	const { user } = bob.person.account;
	const made = (expiresAt: number | null) =>
		db.transaction((tx) => saveNewKey(tx, user, { kind: "full", name: "x", expiresAt }, now));
	const expired = await made(now - 1);
	const revoked = await made(null);
	await db.transaction((tx) => revokeKey(tx, user, revoked.key.id, now));
	const gone = await server.join("gone");
	await db.transaction((tx) => saveDisabled(tx, gone.account.user, now));
	const stranger = (name: string, headers: Record<string, string>): Caller => ({
		name,
		headers,
		isStranger: true,
	});
	const last = full.endsWith("0") ? "1" : "0";
	return [
		stranger("nobody", {}),
		stranger("an empty key", { "x-api-key": "" }),
		stranger("a word for a key", { "x-api-key": "undefined" }),
		stranger("a key of a wrong sum", { "x-api-key": full.slice(0, -1) + last }),
		stranger("a key that nobody has", { "x-api-key": mintKey("full") }),
		stranger("a key of the old program", { "x-api-key": `pk_${"0123456789abcdef".repeat(4)}` }),
		stranger("a key with a space", { "x-api-key": full.replace("_", " ") }),
		stranger("an expired key", { "x-api-key": expired.text }),
		stranger("a revoked key", { "x-api-key": revoked.text }),
		stranger("a disabled person's key", { "x-api-key": gone.keys.full }),
		stranger("a disabled person's session", { ...gone.browser }),
		stranger("a key as a bearer token", { authorization: `Bearer ${full}` }),
		stranger("a key as a password", { authorization: `Basic ${btoa(`alice:${full}`)}` }),
		stranger("a key as a cookie", { cookie: `x-api-key=${full}; __Host-promptpulse=${full}` }),
		stranger("a session that nobody has", sessionHeaders("0".repeat(43))),
		stranger("a session under the plain name", {
			...alice.person.browser,
			cookie: (alice.person.browser.cookie ?? "").replace("__Host-promptpulse", "promptpulse-session"),
		}),
		{ name: "two keys", headers: { "x-api-key": `${full}, ${full}` }, isAmbiguous: true },
		{
			name: "a key and a bearer token",
			headers: { "x-api-key": full, authorization: `Bearer ${full}` },
			isAmbiguous: true,
		},
	];
}

async function makeMembers({ server, alice, grace, ada }: World): Promise<Caller[]> {
	const callers: Caller[] = [];
	for (const [name, who] of Object.entries({ member: alice, admin: grace, owner: ada })) {
		const { account, keys, browser } = who.person;
		const about = { who, isAdmin: isAdmin(account) };
		for (const kind of ["full", "read", "ingest"] as const) {
			const headers = { "x-api-key": keys[kind] };
			callers.push({ name: `${name}'s ${kind} key`, headers, key: kind, ...about });
		}
		const { "x-csrf-token": _, ...withoutToken } = browser;
		const session = { session: "full", ...about } as const;
		callers.push(
			{ name: `${name}'s session`, headers: browser, hasToken: true, ...session },
			{ name: `${name}'s session without the token`, headers: withoutToken, ...session },
			{
				name: `${name}'s session with another's token`,
				headers: { ...browser, "x-csrf-token": csrfToken("0".repeat(43)) },
				...session,
			},
			{
				name: `${name}'s session from another site`,
				headers: { ...browser, "sec-fetch-site": "cross-site" },
				hasToken: true,
				isCrossSite: true,
				...session,
			},
			{
				name: `${name}'s session from a neighbouring host`,
				headers: { ...withoutFetchSite(browser), origin: "https://evil.example.com" },
				hasToken: true,
				isCrossSite: true,
				...session,
			},
		);
		const secret = await readSession(server, who);
		callers.push({
			name: `${name}'s session of a read key`,
			headers: sessionHeaders(secret),
			hasToken: true,
			...about,
			session: "read",
		});
	}
	return callers;
}

/** A session that a read key opened. */
async function readSession({ db, now }: World["server"], { person }: Marked): Promise<string> {
	const { user } = person.account;
	const key = await db.get<{ id: string }>(
		"select id from api_keys where user = ? and kind = 'read' order by id",
		[user],
	);
	const made = await db.transaction((tx) =>
		saveNewSession(tx, { user, key: key?.id ?? null, agent: null }, now),
	);
	return made.secret;
}

function sessionHeaders(secret: string): Record<string, string> {
	return {
		cookie: sessionCookie(secret, true).split(";")[0] ?? "",
		"sec-fetch-site": "same-origin",
		"x-csrf-token": csrfToken(secret),
	};
}

function withoutFetchSite({ "sec-fetch-site": _, ...headers }: Record<string, string>) {
	return headers;
}
