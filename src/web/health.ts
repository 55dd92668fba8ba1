import { statfs } from "node:fs/promises";
import type { Database } from "../ledger/database.ts";
import { findLedgerState } from "../ledger/settings.ts";
import { OLDEST_CLIENT, VERSION } from "../version.ts";
import { json } from "./api/rows.ts";
import { openRoute, type Route } from "./route.ts";
import { within } from "./within.ts";

/** So long (ms) an answer about the database holds, and so long it may take. */
const HOLDS_MS = 1_000;
const DEADLINE_MS = 2_000;
/** Of the disk so much has to be free. */
const LEAST_FREE = 0.05;
/** On a large disk a few percent are more than years of usage take, in bytes. */
const ALWAYS_ENOUGH = 4 * 1024 ** 3;

/** What the database says of itself; it says nothing where it does not answer. `lastBackupAt` is epoch ms. */
type Answer = { answers: boolean; lastStep: string | null; lastBackupAt: number | null };

/** What is known of the database: whether it answers, its schema, its last copy, and whether its disk has room. */
export type DatabaseHealth = Answer & { hasRoom: boolean; tookMs: number };

const NO_ANSWER: Answer = { answers: false, lastStep: null, lastBackupAt: null };

/** Looks after a database no more often than once a second, however many ask. */
export class HealthCheck {
	#last: Promise<DatabaseHealth> | undefined;
	#lookedAt = Number.NEGATIVE_INFINITY;

	/** @param folder where the database's file is; undefined where it is in none */
	constructor(
		readonly db: Database,
		readonly folder: string | undefined,
	) {}

	look(): Promise<DatabaseHealth> {
		const now = performance.now();
		if (!this.#last || now - this.#lookedAt > HOLDS_MS) {
			this.#lookedAt = now;
			this.#last = this.#lookNow();
		}
		return this.#last;
	}

	async #lookNow(): Promise<DatabaseHealth> {
		const started = performance.now();
		const question = findLedgerState(this.db).then(
			(found) => ({
				answers: true,
				lastStep: found?.schema ?? null,
				lastBackupAt: found?.backupAt ?? null,
			}),
			() => NO_ANSWER,
		);
		const answer = (await within(DEADLINE_MS, question)) ?? NO_ANSWER;
		return { ...answer, hasRoom: await this.#hasRoom(), tookMs: Math.round(performance.now() - started) };
	}

	/** What of the database's disk is free, in bytes; undefined where it is in no file, or went away. */
	async measureRoom(): Promise<{ free: number; size: number } | undefined> {
		if (this.folder === undefined) return undefined;
		try {
			const { bavail, bsize, blocks } = await statfs(this.folder);
			return { free: bavail * bsize, size: blocks * bsize };
		} catch {
			// It went away, and the database with it.
			return undefined;
		}
	}

	async #hasRoom(): Promise<boolean> {
		if (this.folder === undefined) return true;
		const room = await this.measureRoom();
		return room !== undefined && (room.free / room.size > LEAST_FREE || room.free > ALWAYS_ENOUGH);
	}
}

/** Health beside the API: for load balancers, and for people who knew the program before. */
export function healthRoutes(health: HealthCheck): Route[] {
	return [
		openRoute({
			method: "GET",
			path: "/readyz",
			text: { summary: "Whether requests can be answered now", types: ["text/plain"] },
			async answer() {
				const { answers, hasRoom } = await health.look();
				const isReady = answers && hasRoom;
				return new Response(isReady ? "ready" : "not ready", { status: isReady ? 200 : 503 });
			},
		}),
		openRoute({
			method: "GET",
			path: "/health",
			text: { summary: "Whether the server and its database are well", types: ["application/json"] },
			async answer({ now }) {
				const { answers } = await health.look();
				const timestamp = new Date(now).toISOString();
				const versions = { version: VERSION, oldestClient: OLDEST_CLIENT };
				if (answers) return json({ status: "healthy", timestamp, ...versions, database: "connected" });
				const error = "The database does not answer. Try again in a moment.";
				return json({ status: "unhealthy", timestamp, error }, { status: 503 });
			},
		}),
	];
}
