import type { Database } from "../../src/ledger/database.ts";
import { ingest } from "../../src/ledger/events.ts";
import type { LedgerUser } from "../../src/ledger/users.ts";
import {
	MOST_BYTES,
	MOST_BYTES_SENT,
	type ReadUpload,
	readUpload,
	type UploadReply,
} from "../../src/usage/upload.ts";
import { addUser } from "./ledger.ts";
import { emptyLedger, NOW, PRICES } from "./scan.ts";

/** Anything but the ordinary answer, which `answer` gives. */
export type Behaviour = (request: Request, answer: () => Promise<Response>) => Response | Promise<Response>;

/** An upload as it came: its text, and what was read of it. */
export type Received = ReadUpload & { json: string };

/** The keys that the server knows, and whose they are. */
const ACCOUNTS: Record<string, string> = { "key-of-ada": "account-1", "new-key-of-ada": "account-1" };

export const KEY = "key-of-ada";

/** A server as small as one can be: it takes uploads into a ledger of its own, on loopback. */
export class UsageServer {
	/** The paths that were asked for, in order. */
	asked: string[] = [];
	/** The uploads that were kept. */
	received: Received[] = [];
	/** What the server does instead of answering; by itself it answers. */
	behaviour: Behaviour = (_request, answer) => answer();
	uuid = crypto.randomUUID();
	prices = PRICES;
	readonly #server: Bun.Server<undefined>;

	constructor(
		public db: Database,
		public user: LedgerUser,
		port = 0,
	) {
		this.#server = Bun.serve({
			port,
			hostname: "127.0.0.1",
			idleTimeout: 0,
			fetch: (request) => {
				this.asked.push(new URL(request.url).pathname);
				return this.behaviour(request, () => this.#answer(request));
			},
		});
	}

	get port(): number {
		return Number(this.#server.port);
	}

	get address(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** What was restored from is gone, and it is another ledger now. */
	async restore(): Promise<void> {
		({ db: this.db, user: this.user } = await serverLedger());
		this.uuid = crypto.randomUUID();
	}

	stop(): Promise<void> {
		return this.#server.stop(true);
	}

	async #answer(request: Request): Promise<Response> {
		const account = ACCOUNTS[request.headers.get("x-api-key") ?? ""];
		if (!account) return refusal(401);
		if (new URL(request.url).pathname === "/api/auth/validate") {
			return Response.json({ user: { id: account, email: null, username: "ada" } });
		}
		const packed = await request.bytes();
		if (packed.length > MOST_BYTES_SENT) return refusal(413);
		const json = Buffer.from(Bun.gunzipSync(packed)).toString();
		if (json.length > MOST_BYTES) return refusal(413);
		const upload = readUpload(JSON.parse(json));
		if (!upload) return refusal(422);
		this.received.push({ ...upload, json });
		return Response.json(await this.#keep(upload));
	}

	async #keep({ machine, events, places, rejected }: ReadUpload): Promise<UploadReply> {
		const { id, ...rest } = machine;
		const context = { user: this.user, machine: { uuid: id, ...rest }, prices: this.prices, now: NOW };
		const result = await this.db.transaction((tx) => ingest(tx, context, events));
		const late = result.rejected.map(({ index, code }) => ({ index: places[index] ?? -1, code }));
		return { ledger: this.uuid, ...result, rejected: [...rejected, ...late], time: NOW };
	}
}

function refusal(status: number): Response {
	return Response.json({ error: "It is refused.", code: "refused" }, { status });
}

async function serverLedger() {
	const db = await emptyLedger();
	return { db, user: await addUser(db) };
}

/** Runs `use` with a server that has nothing yet. */
export async function withServer(use: (server: UsageServer) => Promise<void>): Promise<void> {
	const { db, user } = await serverLedger();
	const server = new UsageServer(db, user);
	try {
		await use(server);
	} finally {
		await server.stop();
	}
}
