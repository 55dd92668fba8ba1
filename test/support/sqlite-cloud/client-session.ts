import type { CloudState } from "./cloud-state.ts";
import { makeError, OK, type Reply, type RowsetForm } from "./replies.ts";
import type { Request, SqlValue } from "./requests.ts";
import { type Client, isSql, NOT_FOUND, refuseStranger, runCommand } from "./server-commands.ts";
import { describeError, type Outcome, SqlSession } from "./sql-session.ts";
import { type Statement, splitStatements } from "./statements.ts";

/** What one client has come to: whether it is logged in, its database, its open transaction. */
export class ClientSession {
	readonly #client: Client = { authenticated: false, database: undefined, keys: new Map() };
	#open: { database: string; sql: SqlSession } | undefined;
	#closed = false;

	constructor(private readonly cloud: CloudState) {}

	/** Logged in, with a database. */
	get ready(): boolean {
		return this.#client.authenticated && this.#client.database !== undefined;
	}

	/** How this client wants its rowsets. */
	get form(): RowsetForm {
		const { protocolVersion, maxChunkSize } = this.cloud.settings;
		const { keys } = this.#client;
		return {
			version: protocolVersion,
			maxChunkSize,
			maxRows: Number(keys.get("MAXROWS") ?? 0) || Number.POSITIVE_INFINITY,
			compressed: keys.get("COMPRESSION") === "1",
		};
	}

	/** Runs statement after statement until one fails; what ran before stays. The last one's reply is the reply. */
	async run({ sql, parameters }: Request): Promise<Reply> {
		let reply: Reply = OK;
		let left = parameters;
		const statements = splitStatements(sql);
		for (const [index, statement] of statements.entries()) {
			try {
				const outcome = await this.#runStatement(statement, left, index === statements.length - 1);
				reply = outcome.reply;
				left = left.slice(outcome.used);
			} catch (error) {
				reply = describeError(error);
			}
			if (reply.type === "error") return reply;
		}
		return reply;
	}

	close(): void {
		this.#closed = true;
		this.#open?.sql.close();
	}

	async #runStatement(statement: Statement, parameters: SqlValue[], isLast: boolean): Promise<Outcome> {
		if (!isSql(statement)) return runCommand(statement, parameters, this.#client, this.cloud);
		if (!this.#client.authenticated) return { reply: refuseStranger(), used: 0 };
		const sql = this.#findSession();
		if (!sql)
			return { reply: makeError(NOT_FOUND, "No database is in use: USE DATABASE comes first."), used: 0 };
		if (statement.words[0] === "BEGIN" && sql.inTransaction) {
			this.cloud.violations.push("A transaction was begun inside a transaction.");
		}
		return await sql.run(statement, parameters, isLast, this.cloud.settings.busyMs);
	}

	/** The session with the database in use, opened when it is first needed. */
	#findSession(): SqlSession | undefined {
		const { database } = this.#client;
		const path = database === undefined ? undefined : this.cloud.findDatabase(database);
		if (database === undefined || path === undefined || this.#closed) return undefined;
		if (this.#open?.database !== database) {
			this.#open?.sql.close();
			this.#open = { database, sql: new SqlSession(path) };
		}
		return this.#open.sql;
	}
}
