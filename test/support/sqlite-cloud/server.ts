import { lookup } from "node:dns/promises";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { SELF_SIGNED } from "../self-signed.ts";
import { CloudState, type Settings } from "./cloud-state.ts";
import { Connection } from "./connection.ts";
import type { Faults, Injected } from "./faults.ts";

/** How a server is set up where it is not as usual; without a path it has a folder of its own until it stops. */
export type CloudOptions = Partial<Settings> & { mostConnections?: number };

/** What a URL says in place of what is right. */
export type UrlOverrides = { apiKey?: string; host?: string; database?: string };

/**
 * A server that speaks the protocol of SQLite Cloud, over TLS on the loopback address, and runs the SQL in this process.
 * It can be told to do what goes wrong with servers far away.
 */
export class CloudServer {
	readonly #state: CloudState;
	readonly #servers: Server[] = [];
	/** Also of those that have not agreed on TLS yet. */
	readonly #sockets = new Set<Socket>();
	readonly #open = new Set<Connection>();
	readonly #admitted = new Set<Connection>();
	#opened = 0;
	#port = 0;

	/** `folder` is removed when the server stops. */
	private constructor(
		state: CloudState,
		private readonly folder: string | undefined,
	) {
		this.#state = state;
	}

	static async start({ mostConnections, ...options }: CloudOptions = {}): Promise<CloudServer> {
		const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), "sqlite-cloud-")) : undefined;
		const settings: Settings = {
			path: join(folder ?? "", "cloud.sqlite"),
			database: "promptpulse.sqlite",
			apiKey: "key-of-the-tests",
			token: "token-of-the-tests",
			user: "admin",
			password: "password-of-the-tests",
			protocolVersion: 1,
			maxChunkSize: 307_200,
			busyMs: 5000,
			...options,
		};
		const cloud = new CloudServer(new CloudState(settings), folder);
		cloud.faults.mostConnections = mostConnections;
		await cloud.#listen();
		return cloud;
	}

	get port(): number {
		return this.#port;
	}

	/** The SQLite file, to look into from outside. */
	get path(): string {
		return this.#state.settings.path;
	}

	/** What goes wrong from now on. */
	get faults(): Faults {
		return this.#state.faults;
	}

	get injected(): Injected {
		return this.#state.injected;
	}

	/** What clients did that no client should, in whole sentences. */
	get violations(): string[] {
		return this.#state.violations;
	}

	/** Requests answered after their connection's log-in: each cost its client one trip. */
	get roundTrips(): number {
		return this.#state.commands.length;
	}

	/** The text of these requests, in the order of their answers. */
	get commands(): string[] {
		return this.#state.commands;
	}

	resetCounts(): void {
		this.#state.commands = [];
	}

	/** Open now, without those that were turned away. */
	get connections(): number {
		return this.#admitted.size;
	}

	get connectionsOpened(): number {
		return this.#opened;
	}

	url({ apiKey, host = "localhost", database }: UrlOverrides = {}): string {
		const { settings } = this.#state;
		const key = encodeURIComponent(apiKey ?? settings.apiKey);
		return `sqlitecloud://${host}:${this.port}/${database ?? settings.database}?apikey=${key}`;
	}

	/** Another database, in a file that is there already. */
	addDatabase(name: string, path: string): void {
		this.#state.addDatabase(name, path);
	}

	/** Ends every connection at once; new ones are welcome. */
	dropAll(): void {
		for (const connection of [...this.#open]) connection.close();
		for (const socket of [...this.#sockets]) socket.destroy();
	}

	async stop(): Promise<void> {
		const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
		this.dropAll();
		await Promise.all(closed);
		if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.stop();
	}

	/** On all that `localhost` stands for, and on the same port. */
	async #listen(): Promise<void> {
		await this.#listenOn("127.0.0.1");
		for (const { address } of await lookup("localhost", { all: true })) {
			if (address === "127.0.0.1") continue;
			try {
				await this.#listenOn(address);
			} catch (error) {
				// A name file may tell an address that this machine does not have; then clients cannot take it either.
				const { code = "" } = error as NodeJS.ErrnoException;
				if (!["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(code)) throw error;
			}
		}
	}

	async #listenOn(address: string): Promise<void> {
		const server = createServer(SELF_SIGNED, (socket) => this.#welcome(socket));
		// What fails before TLS is agreed on concerns the client alone, who is told by the closing.
		server.on("tlsClientError", (_, socket) => socket.destroy());
		server.on("connection", (socket) => {
			this.#sockets.add(socket);
			socket.once("close", () => this.#sockets.delete(socket));
			if (this.#refuses("handshake")) socket.destroy();
		});
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(this.#port, address, resolve);
		});
		this.#port = (server.address() as AddressInfo).port;
		this.#servers.push(server);
	}

	#welcome(socket: TLSSocket): void {
		if (this.#refuses("login")) {
			socket.destroy();
			return;
		}
		const { mostConnections = Number.POSITIVE_INFINITY } = this.faults;
		const turnedAway = this.#admitted.size >= mostConnections;
		const connection = new Connection(socket, this.#state, turnedAway, (closed) => {
			this.#open.delete(closed);
			this.#admitted.delete(closed);
		});
		this.#open.add(connection);
		if (turnedAway) {
			this.injected.mostConnections++;
			return;
		}
		this.#opened++;
		this.#admitted.add(connection);
	}

	#refuses(when: "handshake" | "login"): boolean {
		const { refuse } = this.faults;
		const refuses = refuse === when;
		if (refuses) this.injected.refuse++;
		return refuses;
	}
}
