import { type } from "arktype";
import type { Metrics } from "../metrics.ts";
import { type Route, route } from "../route.ts";
import { json } from "./rows.ts";

const Counts = type({ "[string]": "number.integer >= 0" });

const Reply = type({
	timestamp: "string.date.iso",
	server: {
		uptime_seconds: "number >= 0",
		resident_bytes: "number.integer >= 0",
		loop_lag_ms: "number >= 0",
		open_pages: "number.integer >= 0",
	},
	uploads: Counts,
	answers: Counts,
});

type Figures = typeof Reply.infer;

/** `GET /api/metrics`, for admins: JSON, or Prometheus' text with `Accept: text/plain`. */
export function metricsRoute(metrics: Metrics, openPages: () => number): Route {
	return route({
		method: "GET",
		path: "/api/metrics",
		access: "admin read",
		text: { summary: "What this process has done since it started", reply: Reply },
		answer({ request, now }) {
			const figures: Figures = {
				timestamp: new Date(now).toISOString(),
				server: {
					uptime_seconds: Math.max(0, (now - metrics.startedAt) / 1_000),
					resident_bytes: process.memoryUsage.rss(),
					loop_lag_ms: metrics.takeLongestLag(),
					open_pages: openPages(),
				},
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

function prometheusText({ server, uploads, answers }: Figures): string {
	const lines: string[] = [];
	const family = (name: string, kind: "counter" | "gauge", help: string, rows: [string, number][]) => {
		lines.push(`# HELP promptpulse_${name} ${help}`, `# TYPE promptpulse_${name} ${kind}`);
		for (const [labels, value] of rows) lines.push(`promptpulse_${name}${labels} ${value}`);
	};
	family("uptime_seconds", "gauge", "Seconds since the process started.", [["", server.uptime_seconds]]);
	family("resident_bytes", "gauge", "Memory that the process holds.", [["", server.resident_bytes]]);
	family("loop_lag_ms", "gauge", "The longest that everything waited since last asked.", [
		["", server.loop_lag_ms],
	]);
	family("open_pages", "gauge", "Pages that listen for news.", [["", server.open_pages]]);
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
