import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packEvents } from "../../src/collector/pack.ts";
import { migrations } from "../../src/embedded.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { saveBackupTime } from "../../src/ledger/settings.ts";
import { HealthCheck } from "../../src/web/health.ts";
import { eventOf, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { TestServer } from "../support/server.ts";

describe("health", () => {
	test("of a server whose database answers is good, in the words of the program before", async () => {
		const server = await TestServer.start();
		expect(await (await server.ask("/livez")).text()).toBe("alive");
		expect(await (await server.ask("/readyz")).text()).toBe("ready");
		expect(await (await server.ask("/health")).json()).toEqual({
			status: "healthy",
			timestamp: new Date(server.now).toISOString(),
			version: expect.stringMatching(/^\d+\.\d+\.\d+/),
			oldestClient: expect.stringMatching(/^\d+\.\d+\.\d+/),
			database: "connected",
		});
		const response = await server.ask("/api/health/db");
		expect(await replyOf<object>(server, ["GET", "/api/health/db"], response)).toMatchObject({
			status: "healthy",
			schema: migrations.at(-1)?.name.replace(".sql", ""),
			last_backup_at: null,
			database: { connected: true, disk_has_room: true },
		});
	});

	test("tells when the ledger was last copied", async () => {
		const server = await TestServer.start();
		await saveBackupTime(server.db, Date.UTC(2026, 10, 24, 13));
		const body = await (await server.ask("/api/health/db")).json();
		expect(body.last_backup_at).toBe("2026-11-24T13:00:00.000Z");
	});

	test("of one whose database is gone is bad, but the process lives, and no path is told", async () => {
		const folder = mkdtempSync(join(tmpdir(), "promptpulse-"));
		const db = await openLedger(join(folder, "server.db"), 0);
		const server = await TestServer.start({ db, health: new HealthCheck(db, folder) });
		await db.close();
		expect((await server.ask("/livez")).status).toBe(200);
		for (const path of ["/readyz", "/health", "/api/health/db"]) {
			const response = await server.ask(path);
			expect(response.status).toBe(503);
			expect(await response.text()).not.toContain(folder);
		}
		rmSync(folder, { recursive: true });
	});

	test("of one whose folder is gone is bad, and is no error of the server's own", async () => {
		const server = await TestServer.start();
		const health = new HealthCheck(server.db, join(tmpdir(), "promptpulse-was-here"));
		expect(await health.look()).toMatchObject({ answers: true, hasRoom: false });
	});

	test("is asked of the database once, however many want to know", async () => {
		const server = await TestServer.start();
		let asked = 0;
		const db = { ...server.db, get: async () => void asked++ } as unknown as typeof server.db;
		const health = new HealthCheck(db, undefined);
		await Promise.all(Array.from({ length: 100 }, () => health.look()));
		expect(asked).toBe(1);
	});
});

describe("metrics", () => {
	test("are an admin's alone, whatever address is claimed", async () => {
		const server = await TestServer.start();
		const { ada, grace, alice } = await server.joinAll();
		const claims = { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" };
		expect((await server.ask("/api/metrics", { headers: claims })).status).toBe(401);
		expect((await alice.ask("/api/metrics", { headers: claims })).status).toBe(403);
		for (const admin of [ada, grace]) expect((await admin.ask("/api/metrics")).status).toBe(200);
	});

	test("count uploads by what came of them, and can be read by Prometheus", async () => {
		const server = await TestServer.start();
		const { ada, alice } = await server.joinAll();
		const events = [eventOf({ id: "a" }), eventOf({ id: "b" })];
		for (let i = 0; i < 2; i++) {
			const response = await alice.ask("/api/usage/events", {
				method: "POST",
				headers: { "content-type": "application/json", "content-encoding": "gzip" },
				body: packEvents(LAPTOP, events) ?? null,
			});
			expect(response.status).toBe(200);
		}
		const answer = await ada.ask("/api/metrics");
		const body = await replyOf<{ uploads: object }>(server, ["GET", "/api/metrics"], answer);
		expect(body.uploads).toEqual({ stored: 2, raised: 0, duplicates: 2, expired: 0, rejected: 0 });
		const text = await (await ada.ask("/api/metrics", { headers: { accept: "text/plain" } })).text();
		expect(text).toContain('promptpulse_uploaded_events_total{result="stored"} 2\n');
		for (const line of text.trimEnd().split("\n")) {
			expect(line).toMatch(
				/^(?:# (?:HELP|TYPE) promptpulse_\w+ .+|promptpulse_\w+(?:\{[^}]*\})? [\d.e+-]+)$/,
			);
		}
	});
});
