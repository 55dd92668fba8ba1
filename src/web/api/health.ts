import { type } from "arktype";
import type { HealthCheck } from "../health.ts";
import { openRoute, type Route } from "../route.ts";
import { iso, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

const Reply = type({
	status: "'healthy' | 'unhealthy'",
	timestamp: "string.date.iso",
	schema: "string | null",
	last_backup_at: MomentOrNever,
	database: { connected: "boolean", disk_has_room: "boolean", response_ms: "number" },
});

/** `GET /api/health/db`: no secret is in it, and nobody is asked who they are. */
export function databaseHealth(health: HealthCheck): Route {
	return openRoute({
		method: "GET",
		path: "/api/health/db",
		text: { summary: "Whether the database is well", reply: Reply },
		async answer({ now }) {
			const { answers, hasRoom, tookMs, lastStep, lastBackupAt } = await health.look();
			const body: typeof Reply.infer = {
				status: answers && hasRoom ? "healthy" : "unhealthy",
				timestamp: new Date(now).toISOString(),
				schema: lastStep?.replace(/\.sql$/, "") ?? null,
				last_backup_at: iso(lastBackupAt),
				database: { connected: answers, disk_has_room: hasRoom, response_ms: tookMs },
			};
			return json(body, { status: answers ? 200 : 503 });
		},
	});
}
