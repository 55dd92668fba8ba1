import { connect, type TLSSocket } from "node:tls";
import { Database, type SQLiteCloudError, type SQLiteCloudRowset } from "@sqlitecloud/drivers";
import { until } from "../until.ts";
import type { CloudServer } from "./server.ts";

/** The driver as it is, once it is logged in. `settings` are more of the URL, such as `compression=0`. */
export function connectDriver(cloud: CloudServer, url = cloud.url(), settings = ""): Promise<Database> {
	return new Promise((resolve, reject) => {
		// The driver calls back once more when its connection ends; by then this is settled.
		const database = new Database(`${url}&${settings}`, (error: Error | null) => {
			if (error) reject(error);
			else resolve(database);
		});
	});
}

/** The rows' values in the order of their columns. */
export async function readRows(
	db: Database,
	query: string,
	parameters: unknown[] = [],
): Promise<unknown[][]> {
	const rows: SQLiteCloudRowset = await db.sql(query, ...parameters);
	return Array.from(rows, (row) => row.getData());
}

/** What the driver fails with; it is an error if it does not. */
export function failOf(promise: Promise<unknown>): Promise<SQLiteCloudError> {
	return promise.then(
		(value) => {
			throw new Error(`it did not fail: ${value}`);
		},
		(error: SQLiteCloudError) => error,
	);
}

/** Keeps what the driver prints at every error out of the console. @returns what puts the console right again */
export function hushDriver(): () => void {
	const { error, warn } = console;
	for (const level of ["error", "warn"] as const) {
		const print = console[level];
		console[level] = (...words: unknown[]) => {
			if (!/^(?:processCommands|SQLiteCloud)/.test(String(words[0]))) print(...words);
		};
	}
	return () => Object.assign(console, { error, warn });
}

/** A client without the driver, which sees the bytes and may send what the driver never would. */
export class RawClient {
	received = Buffer.alloc(0);
	isOpen = true;
	failed = false;
	readonly #socket: TLSSocket;

	constructor({ port }: CloudServer) {
		this.#socket = connect({ host: "localhost", port, servername: "localhost", rejectUnauthorized: false });
		this.#socket.on("data", (bytes: Buffer) => {
			this.received = Buffer.concat([this.received, bytes]);
		});
		this.#socket.on("close", () => {
			this.isOpen = false;
		});
		this.#socket.on("error", () => {
			this.failed = true;
		});
	}

	/** Sends commands without parameters. */
	command(sql: string): void {
		this.send(`+${Buffer.byteLength(sql)} ${sql}`);
	}

	send(bytes: string | Uint8Array): void {
		this.#socket.write(bytes);
	}

	/** What was received, once there are so many bytes of it; it is forgotten then. */
	async take(bytes: number): Promise<string> {
		await until(`${bytes} bytes`, () => this.received.length >= bytes || !this.isOpen);
		const taken = this.received.toString("latin1");
		this.received = Buffer.alloc(0);
		return taken;
	}

	async closing(): Promise<void> {
		await until("the server closes the connection", () => !this.isOpen);
	}

	destroy(): void {
		this.#socket.destroy();
	}
}
