import type { Account, Role } from "../../src/account/account.ts";
import type { KeyKind } from "../../src/account/api-key.ts";
import { saveAccount } from "../../src/ledger/accounts.ts";
import { saveNewKey } from "../../src/ledger/api-keys.ts";
import type { Database } from "../../src/ledger/database.ts";
import { findLedgerUuid } from "../../src/ledger/settings.ts";
import { saveNewSession } from "../../src/ledger/web-sessions.ts";
import { usualLimits } from "../../src/web/gates/limits.ts";
import { parseProxies } from "../../src/web/gates/proxies.ts";
import { csrfToken, sessionCookie } from "../../src/web/gates/session-cookie.ts";
import { HealthCheck } from "../../src/web/health.ts";
import { Metrics } from "../../src/web/metrics.ts";
import { createServer, type Server, type ServerOptions } from "../../src/web/server.ts";
import { expectDeclared } from "./declared-statuses.ts";
import { emptyLedger, NOW, PRICES } from "./scan.ts";

/** Under which name the server is asked in tests. */
export const SERVER = "https://usage.example.com";

/** Somebody with an account, and every way to come in. */
export type Person = {
	account: Account;
	keys: Record<KeyKind, string>;
	/** Headers of a browser that is logged in; with what a change needs. */
	browser: Record<string, string>;
	/** Asks with the full key, unless other headers are given. */
	ask(path: string, init?: RequestInit): Promise<Response>;
	/** Asks as a browser that is logged in. */
	visit(path: string, init?: RequestInit): Promise<Response>;
	/** Sends JSON with the full key. */
	send(method: string, path: string, body: unknown): Promise<Response>;
};

/** A server in this process, on an empty ledger, without a socket. */
export class TestServer {
	/** Errors that were reported, which a test may expect; none otherwise. */
	readonly reported: unknown[] = [];
	/** What time it is; tests put it forward. */
	now = NOW;
	readonly server: Server;

	private constructor(
		readonly db: Database,
		options: Partial<ServerOptions>,
		ledger: string,
	) {
		this.server = createServer({
			db,
			ledger,
			prices: PRICES,
			pricesOf: "test prices",
			registration: "invite",
			limits: usualLimits(),
			metrics: new Metrics(NOW),
			health: new HealthCheck(db, undefined),
			proxies: { publicUrl: SERVER, trusted: parseProxies(undefined) },
			now: () => this.now,
			report: (error) => this.reported.push(error),
			...options,
			note: (answered) => {
				expectDeclared(answered);
				options.note?.(answered);
			},
		});
	}

	static async start(options: Partial<ServerOptions> = {}): Promise<TestServer> {
		const db = options.db ?? (await emptyLedger());
		return new TestServer(db, options, await findLedgerUuid(db));
	}

	/** Asks as nobody, unless the headers say otherwise. */
	ask(path: string, init: RequestInit = {}, address?: string): Promise<Response> {
		return this.server.handle(new Request(`${SERVER}${path}`, init), address);
	}

	/** Makes an account with a key of each kind and a web session. */
	async join(username: string, role: Role = "member"): Promise<Person> {
		const account = await this.db.transaction((tx) => saveAccount(tx, { username, role }, this.now));
		if (typeof account === "string") throw new Error(`the ${account} is taken`);
		const keys: Record<KeyKind, string> = { full: "", read: "", ingest: "" };
		for (const kind of ["full", "read", "ingest"] as const) {
			const made = await this.db.transaction((tx) =>
				saveNewKey(tx, account.user, { kind, name: kind, expiresAt: null }, this.now),
			);
			keys[kind] = made.text;
		}
		const { secret } = await this.db.transaction((tx) =>
			saveNewSession(tx, { user: account.user, key: null, agent: "test" }, this.now),
		);
		const browser = {
			cookie: sessionCookie(secret, true).split(";")[0] ?? "",
			"sec-fetch-site": "same-origin",
			"x-csrf-token": csrfToken(secret),
		};
		const withHeaders = (headers: Record<string, string>, init: RequestInit) => ({
			...init,
			headers: { ...headers, ...(init.headers as Record<string, string>) },
		});
		return {
			account,
			keys,
			browser,
			ask: (path, init = {}) => this.ask(path, withHeaders({ "x-api-key": keys.full }, init)),
			visit: (path, init = {}) => this.ask(path, withHeaders(browser, init)),
			send: (method, path, body) =>
				this.ask(path, {
					method,
					headers: { "x-api-key": keys.full, "content-type": "application/json" },
					body: JSON.stringify(body),
				}),
		};
	}

	/** Ada owns the server, Grace is its admin, Alice and Bob are members. */
	async joinAll(): Promise<Record<"ada" | "grace" | "alice" | "bob", Person>> {
		return {
			ada: await this.join("ada", "owner"),
			grace: await this.join("grace", "admin"),
			alice: await this.join("alice"),
			bob: await this.join("bob"),
		};
	}
}
