import type { SQLiteCloudConfig } from "@sqlitecloud/drivers";
import type { DriverConfig } from "./connection-string.ts";

/** The version whose inside is known here; package.json names the same. */
export const DRIVER_VERSION = "1.0.982";

/** What a request comes to: one of both. */
export type Outcome = (error: Error | null, result?: unknown) => void;

/** What is used of a rowset. Its other methods break, as it calls itself an array and is not made like one. */
export type Rowset = {
	readonly numberOfRows: number;
	/** Also double ones, as they were asked for. */
	readonly columnsNames: readonly string[];
	getItem(row: number, column: number): unknown;
};

export type Driver = {
	/** @throws what the socket says of an address that it does not even try */
	connect: (config: DriverConfig, whenOpen: (error: Error | null) => void) => Wire;
	isRowset: (value: unknown) => value is Rowset;
};

/** One socket, logged in. It has no queue and no deadline: one request at a time is for its user to see to. */
export type Wire = {
	readonly isOpen: boolean;
	request(sql: string, parameters: readonly unknown[], whenDone: Outcome): void;
	/** At once. What is under way is never answered. */
	close(): void;
};

/** The driver's own connection, with what it keeps private and what is changed of it. */
type Inner = {
	config: SQLiteCloudConfig;
	socket: Emitter | undefined;
	buffer: Buffer;
	pendingChunks: Buffer[];
	processCallback: Outcome | undefined;
	readonly connected: boolean;
	connect(): Inner;
	connectTransport(config: SQLiteCloudConfig, whenOpen: (error: Error | null) => void): Inner;
	transportCommands(command: { query: string; parameters: unknown[] }, whenDone: Outcome): Inner;
	processCommandsData(data: Buffer): void;
	processCommandsFinish(error: Error | null, result?: unknown): void;
	close(): Inner;
};
type InnerClass = new (config: DriverConfig) => Inner;
type Emitter = { on(event: string, listener: () => void): unknown };

const CHANGED = [
	"connect",
	"connectTransport",
	"transportCommands",
	"processCommandsData",
	"processCommandsFinish",
	"close",
] as const;

let loaded: Promise<Driver> | undefined;

/**
 * Loads the driver, once. It is loaded only here and only then: a server on SQLite never does.
 *
 * @throws Error where it is another version, inside of which other things are
 */
export function loadDriver(): Promise<Driver> {
	loaded ??= load();
	return loaded;
}

async function load(): Promise<Driver> {
	const [transport, rowset] = await Promise.all([
		import("@sqlitecloud/drivers/lib/drivers/connection-tls.js"),
		import("@sqlitecloud/drivers/lib/drivers/rowset.js"),
	]);
	return guardDriver(transport.SQLiteCloudTlsConnection, rowset.SQLiteCloudRowset);
}

/** @throws Error where one of the methods that are changed is not there */
export function guardDriver(
	transport: { readonly prototype: object },
	rowset: abstract new (...parameters: never[]) => object,
): Driver {
	const methods = transport.prototype as Record<string, unknown>;
	const missing = CHANGED.filter((name) => typeof methods[name] !== "function");
	if (missing.length > 0) {
		throw new Error(
			`the driver of SQLite Cloud has no ${missing.join(", ")}: @sqlitecloud/drivers ${DRIVER_VERSION} is needed`,
		);
	}
	const Guarded = guardTransport(transport as unknown as InnerClass);
	return {
		connect: (config, whenOpen) => {
			const inner = new Guarded(config);
			const wire = wireOf(inner);
			inner.connectTransport(inner.config, whenOpen);
			return wire;
		},
		isRowset: (value): value is Rowset => value instanceof rowset,
	};
}

function wireOf(inner: Inner): Wire {
	return {
		get isOpen() {
			return inner.connected;
		},
		request: (sql, parameters, whenDone) => {
			inner.transportCommands({ query: sql, parameters: [...parameters] }, whenDone);
		},
		close: () => {
			inner.close();
		},
	};
}

/** The driver's connection without what would bring this process down, give wrong answers, or print. */
function guardTransport(Transport: InnerClass): InnerClass {
	return class extends Transport {
		/** Whether the log-in was answered, which is the first request of all. */
		#isLoggedIn = false;

		/**
		 * The driver calls it while the connection is being made. It would connect at once, print what fails, and put all
		 * that comes later into a queue, which stands still for ever once a request throws.
		 */
		override connect(): Inner {
			return this;
		}

		/** The driver stops listening to a socket that may have more errors to tell; unheard, these end the process. */
		override close(): Inner {
			const { socket } = this;
			super.close();
			socket?.on("error", () => {});
			return this;
		}

		/**
		 * The driver takes whatever has come of an answer's length for all of it, so nothing is read before the space
		 * after it. It would wait for the end of what is no answer, and keep what nobody asked for as if it were the
		 * answer to the next request.
		 */
		override processCommandsData(data: Buffer): void {
			const [kind] = data;
			const isFirst = this.buffer.length === 0 && kind !== undefined;
			if (this.processCallback === undefined || (isFirst && !KINDS.includes(kind))) {
				this.close();
				this.processCommandsFinish(new Error("no answer of the protocol"));
				return;
			}
			if (!this.buffer.includes(SPACE) && !data.includes(SPACE)) {
				this.buffer = Buffer.concat([this.buffer, data]);
				return;
			}
			silently(() => super.processCommandsData(data));
		}

		/** The driver would print every error, also that of a statement, and call back anew for each further event. */
		override processCommandsFinish(error: Error | null, result?: unknown): void {
			const { processCallback, buffer } = this;
			this.processCallback = undefined;
			this.buffer = Buffer.alloc(0);
			this.pendingChunks = [];
			const isDoubled = this.connected && hasMore(buffer);
			if (isDoubled) this.close();
			const isRight = this.#isLoggedIn || error !== null || result === "OK";
			if (!isRight) this.close();
			this.#isLoggedIn ||= isRight && error === null;
			const outcome = isDoubled
				? new Error("more than one answer")
				: isRight
					? error
					: new Error("no answer to a log-in");
			// Not at once: that would be within `silently`.
			queueMicrotask(() => processCallback?.(outcome, result));
		}
	};
}

const SPACE = 0x20;
/** What an answer begins with. */
const KINDS = Buffer.from("+!-:,_$=*/%#^|");

/** Whether more has come than the answer that was read. */
function hasMore(received: Buffer): boolean {
	const space = received.indexOf(SPACE);
	const head = received.toString("latin1", 0, space);
	// Chunks are read up to the mark that ends them.
	if (head.startsWith("/")) return false;
	const rest = received.length - space - 1;
	return /^[:,_]/.test(head) ? rest > 0 : rest !== Number(head.slice(1));
}

/**
 * The driver prints what it cannot read, errors of statements among it, with no way to say that it should not; stdout
 * is for log lines that programs read. All this happens while it reads one piece, which waits for nothing, so nobody
 * else prints meanwhile.
 */
function silently(work: () => void): void {
	const { error, warn, assert, debug } = console;
	const nothing = () => {};
	Object.assign(console, { error: nothing, warn: nothing, assert: nothing, debug: nothing });
	try {
		work();
	} finally {
		Object.assign(console, { error, warn, assert, debug });
	}
}
