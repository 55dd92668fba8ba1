import { parseProxies } from "../../src/web/gates/proxies.ts";
import type { ServerOptions } from "../../src/web/server.ts";
import { TestServer } from "./server.ts";

/** A server that listens on this machine, where browsers reach it. */
export type ServedServer = { server: TestServer; origin: string; port: number; stop(): Promise<void> };

export async function serveServer(options: Partial<ServerOptions> = {}): Promise<ServedServer> {
	const proxies = { publicUrl: undefined, trusted: parseProxies(undefined) };
	const server = await TestServer.start({ proxies, ...options });
	const listening = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: (request, bun) => server.server.handle(request, bun.requestIP(request)?.address),
	});
	return {
		server,
		origin: `http://127.0.0.1:${listening.port}`,
		port: listening.port ?? 0,
		async stop() {
			await listening.stop(true);
			await server.server.close();
			await server.db.close();
		},
	};
}
