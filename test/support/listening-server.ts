import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/ledger/migrate.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { type Listening, type ListenOptions, listen } from "../../src/web/listen.ts";
import { makeUploader, type Uploader } from "./serve-process.ts";
import { TestServer } from "./server.ts";

/** How long the server waits for another process that writes, in ms. */
const PATIENCE = 300;

/** A server in this process as `serve` runs it: behind its own limits, on a ledger in a folder. */
export class ListeningServer {
	/** What was turned away before it was looked at, by status. */
	readonly refusals: number[] = [];
	readonly listening: Listening;

	private constructor(
		readonly folder: string,
		readonly server: TestServer,
		readonly uploaders: readonly Uploader[],
		limits: Partial<ListenOptions>,
	) {
		this.listening = listen(server.server, {
			host: "127.0.0.1",
			port: 0,
			noteRefusal: (_, status) => this.refusals.push(status),
			...limits,
		});
	}

	/** Starts one for so many people. */
	static async startFor(people: number, limits: Partial<ListenOptions> = {}): Promise<ListeningServer> {
		const folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
		const db = openSqlite(join(folder, "server.db"), PATIENCE);
		await migrate(db, 0);
		const server = await TestServer.start({ db, now: Date.now });
		const uploaders: Uploader[] = [];
		for (let i = 0; i < people; i++) uploaders.push(await makeUploader(db, `person-${i}`));
		return new ListeningServer(folder, server, uploaders, limits);
	}

	get path(): string {
		return join(this.folder, "server.db");
	}

	get address(): string {
		return `http://127.0.0.1:${this.listening.port}`;
	}

	uploader(i: number): Uploader {
		const found = this.uploaders[i];
		if (!found) throw new Error("there is no such uploader");
		return found;
	}

	/** With which status a question about the first one's usage is answered. */
	async read(): Promise<number> {
		const headers = { "x-api-key": this.uploader(0).key };
		const response = await fetch(`${this.address}/api/usage/aggregate`, { headers });
		await response.arrayBuffer();
		return response.status;
	}

	async stop(): Promise<void> {
		await this.listening.stop();
		await this.server.db.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
