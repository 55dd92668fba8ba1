import { type } from "arktype";
import type { HealthCheck } from "../health.ts";
import type { Metrics } from "../metrics.ts";
import { type Route, route } from "../route.ts";
import { json } from "./rows.ts";

const Count = type("number.integer >= 0");
const Counts = type({ "[string]": "number.integer >= 0" });

const Reply = type({
	timestamp: "string.date.iso",
	server: {
		uptime_seconds: "number >= 0",
		resident_bytes: "number.integer >= 0",
		loop_lag_ms: "number >= 0",
		open_pages: "number.integer >= 0",
	},
	"database?": type({
		open: Count,
		idle: Count,
		opening: Count,
		waiting: Count,
		opened: Count,
		failed: Count,
		discarded: Count,
		longest_wait_ms: "number >= 0",
	}),
	"disk?": type({ free_bytes: Count, size_bytes: Count }),
	uploads: Counts,
	answers: Counts,
});

type Figures = typeof Reply.infer;

/** `GET /api/metrics`, for admins: JSON, or Prometheus' text with `Accept: text/plain`. */
export function metricsRoute(metrics: Metrics, health: HealthCheck, openPages: () => number): Route {
	return route({
		method: "GET",
		path: "/api/metrics",
		access: "admin read",
		isOfNobody: true,
		text: {
			summary: "What this process has done since it started",
			reply: Reply,
			note: "With Accept: text/plain it answers in Prometheus' text form.",
			types: ["text/plain"],
		},
		async answer({ request, now }) {
			const room = await health.measureRoom();
			const figures: Figures = {
				timestamp: new Date(now).toISOString(),
				server: {
					uptime_seconds: Math.max(0, (now - metrics.startedAt) / 1_000),
					resident_bytes: process.memoryUsage.rss(),
					loop_lag_ms: metrics.takeLongestLag(),
					open_pages: openPages(),
				},
				...databaseOf(metrics),
				...(room && { disk: { free_bytes: room.free, size_bytes: room.size } }),
				uploads: { ...metrics.uploads },
				answers: Object.fromEntries(metrics.answers),
			};
			if (!request.headers.get("accept")?.includes("text/plain")) return json(figures);
			return new Response(prometheusText(figures), {
				headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
			});
		},
	});
}

/** The connections to a database far away; one in a file has none. */
function databaseOf({ pool }: Metrics): Pick<Figures, "database"> {
	if (!pool) return {};
	const { longestWaitMs, ...counts } = pool();
	return { database: { ...counts, longest_wait_ms: longestWaitMs } };
}

function prometheusText({ server, database, disk, uploads, answers }: Figures): string {
	const lines: string[] = [];
	const family = (name: string, kind: "counter" | "gauge", help: string, rows: [string, number][]) => {
		lines.push(`# HELP promptpulse_${name} ${help}`, `# TYPE promptpulse_${name} ${kind}`);
		for (const [labels, value] of rows) lines.push(`promptpulse_${name}${labels} ${value}`);
	};
	family("uptime_seconds", "gauge", "Seconds since the process started.", [["", server.uptime_seconds]]);
	family("resident_bytes", "gauge", "Memory that the process holds.", [["", server.resident_bytes]]);
	family("loop_lag_seconds", "gauge", "The longest that everything waited since last asked.", [
		["", server.loop_lag_ms / 1_000],
	]);
	family("open_pages", "gauge", "Pages that listen for news.", [["", server.open_pages]]);
	if (database) {
		const { open, idle, opening, waiting, opened, failed, discarded, longest_wait_ms } = database;
		const now = Object.entries({ used: open - idle, idle, opening });
		family(
			"database_connections",
			"gauge",
			"Connections to the database, by what they do.",
			now.map(([state, count]) => [`{state="${state}"}`, count]),
		);
		family("database_waiting", "gauge", "Requests that wait for a connection.", [["", waiting]]);
		family("database_wait_longest_seconds", "gauge", "The longest that one waited for a connection.", [
			["", longest_wait_ms / 1_000],
		]);
		const since = Object.entries({ opened, failed, discarded });
		family(
			"database_connections_total",
			"counter",
			"Connections that were opened, could not be, or were given up.",
			since.map(([what, count]) => [`{what="${what}"}`, count]),
		);
	}
	if (disk) {
		family("disk_free_bytes", "gauge", "What is free of the disk that the ledger is on.", [
			["", disk.free_bytes],
		]);
		family("disk_size_bytes", "gauge", "How large that disk is.", [["", disk.size_bytes]]);
	}
	family(
		"uploaded_events_total",
		"counter",
		"Usage events that were uploaded, by what came of them.",
		Object.entries(uploads).map(([result, count]) => [`{result="${result}"}`, count]),
	);
	family(
		"answers_total",
		"counter",
		"Answers by route and status.",
		Object.entries(answers).map(([name, count]) => {
			const [method = "", path = "", status = ""] = name.split(" ");
			return [`{method="${method}",route="${path}",status="${status}"}`, count];
		}),
	);
	return `${lines.join("\n")}\n`;
}
