import { AppError } from "../errors.ts";
import { BUSY } from "./errors.ts";
import { withHeaders } from "./headers.ts";
import type { Server } from "./server.ts";
import { tell } from "./tell.ts";
import { within } from "./within.ts";

/** Bun cuts a body off here by itself; every route takes less, and says so. */
const LARGEST_BODY = 4 * 1024 * 1024;
/** A connection on which nothing happens is closed, in s. Live streams send something more often. */
const IDLE_AFTER_S = 15;
/** So many requests are worked on at once. */
const MOST_AT_ONCE = 512;
/** How long running requests may take when the server stops, in ms. */
const STOP_WITHIN = 8_000;

/** A server that listens. */
export type Listening = {
	port: number;
	/** How many requests are being answered. */
	running(): number;
	/** Takes no new requests, lets running ones end, ends live streams. Resolves within some seconds. */
	stop(): Promise<void>;
};

/**
 * Listens for a server.
 *
 * @throws AppError `usage` where it cannot
 */
export function listen(server: Server, { host, port }: { host: string; port: number }): Listening {
	let running = 0;
	let isStopping = false;
	const idle = Promise.withResolvers<void>();
	const handle = async (request: Request, address: string | undefined): Promise<Response> => {
		if (isStopping || running >= MOST_AT_ONCE) {
			const refusal = withHeaders(tell(BUSY, request), Bun.randomUUIDv7());
			refusal.headers.set("connection", "close");
			return refusal;
		}
		running++;
		try {
			return await server.handle(request, address);
		} finally {
			running--;
			if (isStopping && running === 0) idle.resolve();
		}
	};
	const listener = open(host, port, handle);
	return {
		port: Number(listener.port),
		running: () => running,
		async stop() {
			isStopping = true;
			server.close();
			if (running === 0) idle.resolve();
			await within(STOP_WITHIN, idle.promise);
			// Answers are on their way still when their handlers are done.
			await within(LAST_BYTES_MS, listener.stop());
			await listener.stop(true);
		},
	};
}

const LAST_BYTES_MS = 500;

function open(
	hostname: string,
	port: number,
	handle: (request: Request, address: string | undefined) => Promise<Response>,
): Bun.Server<undefined> {
	try {
		return Bun.serve({
			hostname,
			port,
			fetch: (request, bun) => handle(request, bun.requestIP(request)?.address),
			maxRequestBodySize: LARGEST_BODY,
			idleTimeout: IDLE_AFTER_S,
			// Otherwise Bun answers what it did not expect with a page that shows sources and paths.
			development: false,
			// And otherwise, out of development, two servers would share a port and answer by turns.
			reusePort: false,
		});
	} catch (error) {
		throw new AppError(
			"usage",
			`${hostname}:${port} cannot be listened on (${error instanceof Error ? error.message : error}).`,
			"Name another port with --port or PORT, or end the program that has it.",
			{ cause: error },
		);
	}
}
