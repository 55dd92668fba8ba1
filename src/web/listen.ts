import { AppError } from "../errors.ts";
import { BUSY, type Problem } from "./errors.ts";
import { withHeaders } from "./headers.ts";
import type { Server } from "./server.ts";
import { tell } from "./tell.ts";
import { within } from "./within.ts";

/** Bun cuts a body off here by itself; every route takes less, and says so. */
export const LARGEST_BODY = 4 * 1024 * 1024;
/**
 * A connection on which nothing happens is closed, in s. Live streams send something more often. Bun also closes one
 * whose body comes slower than 16 KiB a second for that long, without a word, so this is more than a body may take.
 */
const IDLE_AFTER_S = 30;
/** An archive may be large and its reader's network slow: that is the longest that Bun can wait, in s. */
const ARCHIVE = "application/zip";
const SLOW_READER_S = 255;
/** So many requests are worked on at once, and so many of them may have a body, which can take long to come. */
const MOST_AT_ONCE = 768;
const MOST_WITH_BODY = 640;

export type ListenOptions = {
	host: string;
	port: number;
	mostAtOnce?: number;
	mostWithBody?: number;
	/** Told of what is turned away before it is looked at. */
	noteRefusal?: (request: Request, status: number) => void;
};
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
export function listen(
	server: Server,
	{ host, port, mostAtOnce = MOST_AT_ONCE, mostWithBody = MOST_WITH_BODY, noteRefusal }: ListenOptions,
): Listening {
	let running = 0;
	let withBody = 0;
	let isStopping = false;
	const idle = Promise.withResolvers<void>();
	const handle = async (request: Request, address: string): Promise<Response> => {
		const hasBody = request.body !== null;
		const isFull = running >= mostAtOnce || (hasBody && withBody >= mostWithBody);
		if (isStopping || (isFull && !isPulse(request))) {
			const refusal = withHeaders(tell(OVERLOADED, request), Bun.randomUUIDv7());
			refusal.headers.set("connection", "close");
			noteRefusal?.(request, refusal.status);
			return refusal;
		}
		running++;
		if (hasBody) withBody++;
		try {
			return await server.handle(request, address);
		} finally {
			running--;
			if (hasBody) withBody--;
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

/** Where a request comes from whose connection is gone already: no proxy is believed to be there. */
const NOWHERE = "unknown";

const OVERLOADED: Problem = {
	...BUSY,
	title: "The server is busy",
	sentence: "The server has too much to do at the moment, or is about to stop.",
};

/** Whoever asks whether the process lives would otherwise end one that is only busy. */
function isPulse({ url }: Request): boolean {
	return URL.parse(url)?.pathname === "/livez";
}

function open(
	hostname: string,
	port: number,
	handle: (request: Request, address: string) => Promise<Response>,
): Bun.Server<undefined> {
	try {
		return Bun.serve({
			hostname,
			port,
			async fetch(request, bun) {
				const response = await handle(request, bun.requestIP(request)?.address ?? NOWHERE);
				// What was made and not taken yet counts as nothing happening.
				if (response.headers.get("content-type") === ARCHIVE) bun.timeout(request, SLOW_READER_S);
				return response;
			},
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
