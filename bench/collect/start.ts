import { type Contestant, measure, measureInTurn } from "../measure.ts";
import { promptpulse, type Where } from "../promptpulse.ts";
import { timesTable } from "../table.ts";
import { takesAtMost } from "../verdict.ts";
import { type Part, type PartSetting, SHORT_RUNS_FACTOR } from "./part.ts";

/** What a person waits for: the light commands, and the two that are asked most, beside programs that do nothing. */
export async function measureStart({ bench, peers, where }: PartSetting): Promise<Part> {
	const runs = bench.options.runs * SHORT_RUNS_FACTOR;
	const measured = await measureInTurn(runs, [
		{ name: "empty program", run: () => measure(peers.empty) },
		{ name: "program that opens bun:sqlite", run: () => measure(peers.openSqlite) },
		own(where, "--version"),
		own(where, "--help"),
		own(where, "summary", "--no-collect"),
		own(where, "report", "daily", "--no-collect"),
		own(where),
		own(where, "report", "daily"),
	]);
	const [empty, opened, version, help, summary, report] = measured;
	const wall = { figure: "wallMs" } as const;
	return {
		text: timesTable(runs, measured),
		verdicts: [
			takesAtMost(1.1, { ...wall, what: "--version, wall", own: version, peer: empty }),
			takesAtMost(1.8, { ...wall, what: "--help, wall", own: help, peer: empty }),
			takesAtMost(2.5, { ...wall, what: "summary without the walk, wall", own: summary, peer: opened }),
			takesAtMost(2.5, { ...wall, what: "report daily without the walk, wall", own: report, peer: opened }),
		],
	};
}

function own(where: Where, ...words: string[]): Contestant {
	return { name: ["promptpulse", ...words].join(" "), run: () => measure(promptpulse(where, ...words)) };
}
