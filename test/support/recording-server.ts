import { parseProxies } from "../../src/web/gates/proxies.ts";
import { noLimits } from "./isolation.ts";
import { type Person, TestServer } from "./server.ts";

/** A request as it came: its body is without gzip. */
export type Recorded = {
	method: string;
	path: string;
	/** Names in its query. */
	query: string[];
	/** Names of its headers, in small letters. */
	headers: string[];
	body: string;
};

/** A server on loopback that notes what it is sent, and answers as servers do unless told otherwise. */
export type RecordingServer = {
	server: TestServer;
	alice: Person;
	recorded: Recorded[];
	host: string;
	/** What a machine is told of it. */
	env: Record<string, string>;
	behaviour: (path: string, answer: () => Promise<Response>) => Response | Promise<Response>;
	/** What came to take usage in, since the last time this was asked. */
	takeBodies(): string[];
};

export async function withRecordingServer(use: (server: RecordingServer) => Promise<void>): Promise<void> {
	const proxies = { publicUrl: undefined, trusted: parseProxies(undefined) };
	const server = await TestServer.start({ proxies, limits: noLimits() });
	const alice = await server.join("alice");
	const recorded: Recorded[] = [];
	const listening = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		async fetch(request) {
			const { pathname: path, searchParams } = new URL(request.url);
			const { method } = request;
			const sent = await request.clone().bytes();
			const isPacked = request.headers.get("content-encoding") === "gzip";
			recorded.push({
				method,
				path,
				query: [...searchParams.keys()],
				headers: [...request.headers.keys()],
				body: Buffer.from(isPacked ? Bun.gunzipSync(sent) : sent).toString(),
			});
			return running.behaviour(path, () => server.server.handle(request, "127.0.0.1"));
		},
	});
	const running: RecordingServer = {
		server,
		alice,
		recorded,
		host: `127.0.0.1:${listening.port}`,
		env: {
			PROMPTPULSE_SERVER: `http://127.0.0.1:${listening.port}`,
			PROMPTPULSE_API_KEY: alice.keys.ingest,
		},
		behaviour: (_path, answer) => answer(),
		takeBodies: () =>
			recorded
				.splice(0)
				.filter(({ path }) => /^\/api\/usage\/(?:events|\w+\/batch)$/.test(path))
				.map(({ body }) => body),
	};
	try {
		await use(running);
	} finally {
		await listening.stop(true);
		await server.server.close();
		await server.db.close();
	}
}

/** The bodies that a dry run prints: a list with one a line. */
export function bodiesIn(out: string): string[] {
	const lines = out.trimEnd().split("\n");
	if (lines[0] !== "[" || lines.at(-1) !== "]") throw new Error(`no list of bodies: ${out}`);
	return lines.slice(1, -1).map((line) => line.replace(/,$/, ""));
}
