import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labelsNamed, readFamilies, selectorsOf } from "../support/prometheus-text.ts";
import { findProgram } from "../support/reverse-proxies.ts";
import { runCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";
import { ServeProcess } from "../support/serve-process.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const DEPLOY = join(import.meta.dir, "../../deploy");
const DASHBOARD = readFileSync(join(DEPLOY, "grafana-dashboard.json"), "utf8");
const ALERTS = join(DEPLOY, "alerts.yml");

/** Labels that Prometheus adds. */
const OF_THE_SCRAPE = ["job", "instance"];
/** Labels all of whose values are told from the start. */
const KINDS_OF_RESULT = ["result", "state", "what"];

const PROMTOOL = findProgram("promtool");

type Target = { expr: string; legendFormat: string };
type Panel = {
	id: number;
	type: string;
	title: string;
	description?: string;
	targets?: Target[];
	gridPos: { x: number; y: number; w: number; h: number };
};
type Dashboard = {
	panels: Panel[];
	templating: { list: { name: string; query: string | { query: string } }[] };
};
type Alert = {
	alert: string;
	expr: string;
	labels: Record<string, string>;
	annotations: Record<string, string>;
};
type Rules = { groups: { name: string; rules: Alert[] }[] };

const dashboard = JSON.parse(DASHBOARD) as Dashboard;
const alerts = (Bun.YAML.parse(readFileSync(ALERTS, "utf8")) as Rules).groups.flatMap(({ rules }) => rules);
const panels = dashboard.panels.filter(({ type }) => type !== "row");

/** A question to Prometheus, where it stands, and what is said of its answer. */
type Question = { where: string; expr: string; said: string };

const asked: Question[] = panels.flatMap(({ title, targets = [] }) =>
	targets.map(({ expr, legendFormat }) => ({ where: title, expr, said: legendFormat })),
);
const questions: Question[] = [
	...asked,
	...alerts.map(({ alert, expr, annotations }) => ({
		where: alert,
		expr,
		said: Object.values(annotations).join(" "),
	})),
];

/** What a server tells whose ledger is there, once somebody was answered. */
async function tellMetrics(folder: string, databaseUrl: string): Promise<string> {
	const serve = ServeProcess.in(folder, { databaseUrl });
	await serve.start();
	const made = await runCli(["user", "create", "ada"], { home: folder, env: { DATABASE_URL: databaseUrl } });
	const headers = { "x-api-key": made.out.trim(), accept: ASKED_BY_PROMETHEUS };
	const answer = await fetch(`${serve.address}/api/metrics`, { headers });
	expect(answer.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
	const text = await answer.text();
	await serve.end("SIGTERM");
	return text;
}

/** As Prometheus 2 and 3 ask. */
const ASKED_BY_PROMETHEUS =
	"application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

test("the dashboard and the alerts name nothing that a server does not tell", async () => {
	await inFolder(async (folder) => {
		await using cloud = await CloudServer.start();
		const texts = await Promise.all([
			tellMetrics(folder, join(folder, "server.db")),
			tellMetrics(folder, cloud.url()),
		]);
		const families = readFamilies(texts.join(""));
		for (const { where, expr, said } of questions) {
			const selectors = selectorsOf(expr);
			expect([where, selectors.length > 0 || expr.startsWith("up{")]).toEqual([where, true]);
			const known = new Set(OF_THE_SCRAPE);
			for (const { metric, labels } of selectors) {
				const rows = families.get(metric)?.rows ?? [];
				expect([where, metric, rows.length > 0]).toEqual([where, metric, true]);
				for (const row of rows) for (const label of Object.keys(row)) known.add(label);
				for (const { name, operator, value } of labels) {
					expect([where, metric, known.has(name) && name]).toEqual([where, metric, name]);
					if (operator !== "=" || !KINDS_OF_RESULT.includes(name)) continue;
					expect([where, rows.map((row) => row[name]).includes(value) && value]).toEqual([where, value]);
				}
			}
			for (const name of labelsNamed(`${expr} ${said}`))
				expect([where, known.has(name) && name]).toEqual([where, name]);
		}
		for (const [name, { kind, help, rows }] of families) {
			expect([name, kind !== "" && help !== "" && rows.length > 0]).toEqual([name, true]);
			// A counter ends in _total; what is measured says its base unit.
			expect([name, name.endsWith("_total")]).toEqual([name, kind === "counter"]);
			expect(name).not.toMatch(/_(?:ms|millis|milliseconds|minutes|kb|mb|kib|percent)(?:_|$)/);
		}
		for (const text of PROMTOOL ? texts : []) {
			const linted = Bun.spawnSync([PROMTOOL ?? "", "check", "metrics"], { stdin: Buffer.from(text) });
			expect(linted.stdout.toString() + linted.stderr.toString()).toBe("");
		}
	});
});

describe("the alerts", () => {
	test("say what is the matter and what to do", () => {
		expect(alerts.length).toBeGreaterThan(10);
		for (const { alert, labels, annotations } of alerts) {
			const { summary = "", description = "", ...others } = annotations;
			expect([alert, others]).toEqual([alert, {}]);
			expect(summary).toMatch(/^.*\{\{ \$labels\.instance \}\}.*\.$/);
			expect(summary).not.toContain("\n");
			expect([alert, description.length > 40 && /[.:]/.test(description)]).toEqual([alert, true]);
			expect(["critical", "warning", "info"]).toContain(labels.severity ?? "");
		}
	});

	test("have names of their own that begin with the product's", () => {
		const names = alerts.map(({ alert }) => alert);
		expect(new Set(names).size).toBe(names.length);
		for (const name of names) expect(name).toMatch(/^PromptPulse(?:[A-Z][a-z]+)+$/);
	});

	test("ask about this product's job alone", () => {
		for (const { alert, expr } of alerts) {
			for (const { metric, labels } of selectorsOf(expr)) {
				expect([alert, metric, labels[0]]).toEqual([
					alert,
					metric,
					{ name: "job", operator: "=", value: "promptpulse" },
				]);
			}
		}
	});

	// Prometheus' own tool is not everywhere.
	test.skipIf(!PROMTOOL)("are rules that Prometheus takes, and that fire when they should", async () => {
		await inFolder(async (folder) => {
			const checked = Bun.spawnSync([PROMTOOL ?? "", "check", "rules", ALERTS]);
			expect([checked.exitCode, checked.stderr.toString()]).toEqual([0, ""]);
			const tests = join(folder, "tests.yml");
			writeFileSync(tests, JSON.stringify(firings()));
			const tried = Bun.spawnSync([PROMTOOL ?? "", "test", "rules", tests]);
			expect(tried.stdout.toString() + tried.stderr.toString()).toContain("SUCCESS");
		});
	});
});

/** Series that bring each alert about, and one server that is well. */
function firings() {
	const of = (metric: string, values: string, labels = "", instance = "a") => ({
		series: `${metric}{job="promptpulse", instance="${instance}"${labels && `, ${labels}`}}`,
		values,
	});
	const answers = (status: number) => `method="GET", route="/", status="${status}"`;
	const CASES: Record<string, { series: object[]; at: string }> = {
		PromptPulseDown: { series: [of("up", "0x30")], at: "10m" },
		PromptPulseRestarts: { series: [of("promptpulse_uptime_seconds", "60 5 60 5 60 5 60x30")], at: "10m" },
		PromptPulseErrors: { series: [of("promptpulse_answers_total", "0+5x60", answers(500))], at: "40m" },
		PromptPulseBusy: {
			series: [
				of("promptpulse_answers_total", "0+9x60", answers(200)),
				of("promptpulse_answers_total", "0+1x60", answers(503)),
			],
			at: "40m",
		},
		PromptPulseSlow: { series: [of("promptpulse_loop_lag_seconds", "2x60")], at: "40m" },
		PromptPulseMemory: { series: [of("promptpulse_resident_bytes", "2000000000x60")], at: "40m" },
		PromptPulseDiskNearlyFull: {
			series: [
				of("promptpulse_disk_free_bytes", "4000000000x60"),
				of("promptpulse_disk_size_bytes", "80000000000x60"),
			],
			at: "40m",
		},
		PromptPulseDiskFillsUp: {
			series: [of("promptpulse_disk_free_bytes", "90000000000-30000000x2000")],
			at: "1500m",
		},
		PromptPulseNoUploads: {
			series: [
				of("promptpulse_uploaded_events_total", "7x3000", 'result="stored"'),
				of("promptpulse_uptime_seconds", "200000+60x3000"),
			],
			at: "2950m",
		},
		PromptPulseUploadsRejected: {
			series: [of("promptpulse_uploaded_events_total", "0 0 3x60", 'result="rejected"')],
			at: "40m",
		},
		PromptPulseWrongKeys: { series: [of("promptpulse_answers_total", "0+60x60", answers(401))], at: "40m" },
		PromptPulseDatabaseWaits: { series: [of("promptpulse_database_waiting", "3x60")], at: "40m" },
		PromptPulseDatabaseConnectionsFail: {
			series: [of("promptpulse_database_connections_total", "0+2x60", 'what="failed"')],
			at: "40m",
		},
	};
	expect(Object.keys(CASES)).toEqual(alerts.map(({ alert }) => alert));
	const well = [
		of("up", "1x3000", "", "well"),
		of("promptpulse_uptime_seconds", "200000+60x3000", "", "well"),
		of("promptpulse_answers_total", "0+60x3000", answers(200), "well"),
		of("promptpulse_loop_lag_seconds", "0.01x3000", "", "well"),
		of("promptpulse_disk_free_bytes", "40000000000x3000", "", "well"),
		of("promptpulse_disk_size_bytes", "80000000000x3000", "", "well"),
		of("promptpulse_uploaded_events_total", "0+1x3000", 'result="stored"', "well"),
		of("promptpulse_uploaded_events_total", "0x3000", 'result="rejected"', "well"),
	];
	return {
		rule_files: [ALERTS],
		// Two days are looked at, and every minute of them would take seconds.
		evaluation_interval: "10m",
		tests: Object.entries(CASES).map(([name, { series, at }]) => ({
			interval: "1m",
			input_series: [...series, ...well],
			promql_expr_test: [
				{
					expr: `count by (instance) (ALERTS{alertname="${name}", alertstate="firing"})`,
					eval_time: at,
					exp_samples: [{ labels: '{instance="a"}', value: 1 }],
				},
			],
		})),
	};
}

describe("the dashboard", () => {
	test("says of each panel what it is and what to look at", () => {
		expect(panels.length).toBeGreaterThan(12);
		for (const { title, description = "" } of panels)
			expect([title, /^\S.+\.$/.test(description)]).toEqual([title, true]);
	});

	test("has panels that do not lie on one another, and numbers of their own", () => {
		const taken = new Set<string>();
		for (const { title, gridPos } of dashboard.panels) {
			const { x, y, w, h } = gridPos;
			expect([title, x + w <= 24]).toEqual([title, true]);
			for (let i = x; i < x + w; i++) {
				for (let j = y; j < y + h; j++) {
					expect([title, taken.has(`${i} ${j}`)]).toEqual([title, false]);
					taken.add(`${i} ${j}`);
				}
			}
		}
		const ids = dashboard.panels.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	test("asks the chosen servers alone, of whatever data source", () => {
		const names = dashboard.templating.list.map(({ name }) => name);
		expect(names).toEqual(["datasource", "job", "instance"]);
		for (const { where, expr } of asked) {
			const selections = expr.split('job="$job", instance=~"$instance"').length - 1;
			const names = [...expr.matchAll(/\b(?:promptpulse_\w+|up)\{/g)];
			expect([where, selections]).toEqual([where, names.length]);
		}
		expect(DASHBOARD.match(/"uid": "(?!\$\{datasource\}|promptpulse")/)).toBeNull();
	});
});
