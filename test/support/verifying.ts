import type { Network } from "../../src/collector/ask-server.ts";
import { Server } from "../../src/collector/server.ts";
import { type Verified, type VerifyOptions, verify } from "../../src/collector/verify.ts";
import type { Database } from "../../src/ledger/database.ts";
import { LOCAL_USER } from "../../src/ledger/users.ts";
import { type PushOver, pushTo } from "./pushing.ts";
import { type Person, SERVER, type TestServer } from "./server.ts";

/** Leads to a server in this process. */
export function networkTo(server: TestServer): Network {
	return {
		fetch: (url, request) => server.server.handle(new Request(url, request), "127.0.0.1"),
		deadline: 30_000,
	};
}

/** Sends what a ledger has to a person's account. */
export function pushAs({ keys }: Person, server: TestServer, db: Database, over: PushOver = {}) {
	return pushTo(db, SERVER, { key: keys.ingest, network: networkTo(server), ...over });
}

/** Compares a ledger with a person's account. */
export function verifyAs(
	{ keys }: Person,
	server: TestServer,
	db: Database,
	over: Partial<VerifyOptions> = {},
): Promise<Verified> {
	return verify(db, {
		user: LOCAL_USER,
		server: new Server({ address: SERVER, key: keys.ingest }, networkTo(server)),
		since: 0,
		sleep: async () => {},
		random: () => 0.5,
		...over,
	});
}
