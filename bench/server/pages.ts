import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { saveNewSession } from "../../src/ledger/web-sessions.ts";
import { dayText, utcDay } from "../../src/usage/day.ts";
import type { BenchSetting } from "../bench.ts";
import { compileProgram } from "../compile.ts";
import { BenchError, median, outputOf } from "../measure.ts";
import { environmentOf } from "../promptpulse.ts";
import type { Team } from "../server.ts";
import { formatRatio } from "../table.ts";
import type { Verdict } from "../verdict.ts";
import { TEAM_NOW } from "./made-team.ts";
import { freePort, withServing } from "./serving.ts";

const LEAST_RATIO = 0.8;
const WAITING = 32;
const SECONDS = 5;
const WARM_SECONDS = 4;

/** The last thirty days of the made year, whenever it is asked for. */
const THIRTY_DAYS = `from=${dayText(utcDay(TEAM_NOW) - 29)}&to=${dayText(utcDay(TEAM_NOW))}`;

/** How a request is made as one person and then as another: each has limits of their own. */
type Asking = { headers: readonly Record<string, string>[] };

/**
 * The overview a second on one core, asked by all people by turns, beside a server that asks the ledger the same and
 * answers with bare JSON.
 */
export async function benchPages(
	{ options, folder, binary }: BenchSetting,
	team: Team,
): Promise<{ verdicts: Verdict[]; head: string[]; rows: string[][] }> {
	if (!Bun.which("wrk"))
		throw new BenchError("The server is asked by wrk: install it, with apt install wrk say.");
	const bare = await compileProgram("bare-overview", folder);
	const environment = {
		...environmentOf(join(folder, "pages-home"), join(folder, "none")),
		TRUSTED_PROXIES: "127.0.0.1",
	};
	const asking = await askingFor(team);
	const rates: { serve: number[]; bare: number[] } = { serve: [], bare: [] };
	for (let i = 0; i < options.runs; i++) {
		const port = await freePort();
		rates.serve.push(
			await rateOf(
				[binary, "serve", "--port", String(port), "--database", team.path],
				port,
				environment,
				asking,
				folder,
			),
		);
		const barePort = await freePort();
		rates.bare.push(
			await rateOf(
				[bare, team.path, String(barePort), String(TEAM_NOW)],
				barePort,
				environment,
				asking,
				folder,
			),
		);
	}
	const [own, peer] = [median(rates.serve), median(rates.bare)];
	const spread = (values: readonly number[]) =>
		`${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
	return {
		verdicts: [
			{
				what: "overview pages a second, one core",
				own: own.toFixed(0),
				peer: `bare Bun.serve, same questions: ${peer.toFixed(0)}`,
				ratio: formatRatio(own / peer),
				target: `at least ${LEAST_RATIO}x`,
				isMet: own / peer >= LEAST_RATIO,
			},
		],
		head: [`answers a second, median of ${options.runs}`, "", "least to most"],
		rows: [
			["promptpulse serve, whole pages", own.toFixed(0), spread(rates.serve)],
			["bare Bun.serve, JSON of the same questions", peer.toFixed(0), spread(rates.bare)],
		],
	};
}

/** A session and an address for each person. */
async function askingFor({ path, people }: Team): Promise<Asking> {
	const db = await openLedger(path, TEAM_NOW);
	const headers: Record<string, string>[] = [];
	for (const [i, { user }] of people.entries()) {
		const { secret } = await db.transaction((tx) =>
			saveNewSession(tx, { user, key: null, agent: "bench" }, Date.now()),
		);
		headers.push({
			cookie: `promptpulse-session=${secret}`,
			"x-person": String(user),
			"x-forwarded-for": `10.0.${Math.floor(i / 250)}.${(i % 250) + 1}`,
		});
	}
	await db.close();
	return { headers };
}

async function rateOf(
	words: readonly string[],
	port: number,
	environment: Record<string, string>,
	{ headers }: Asking,
	folder: string,
): Promise<number> {
	const script = join(folder, "people.lua");
	await Bun.write(script, luaOf(headers));
	return withServing(words, { port, path: "/livez", environment, core: 0 }, async ({ address }) => {
		const ask = (seconds: number) => {
			const words = [
				"wrk",
				"-t1",
				`-c${WAITING}`,
				`-d${seconds}s`,
				"-s",
				script,
				`${address}/?${THIRTY_DAYS}`,
			];
			return outputOf({ words: ["taskset", "-c", "1", ...words], environment });
		};
		// The first pages are made by code that is not compiled yet.
		await ask(WARM_SECONDS);
		const text = await ask(SECONDS);
		const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1];
		if (refused) throw new BenchError(`${refused} of the pages that were asked for were refused.`);
		return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
	});
}

/** What tells wrk to ask as one person after the other. */
function luaOf(headers: readonly Record<string, string>[]): string {
	const list = headers.map(
		(own) =>
			`{${Object.entries(own)
				.map(([name, value]) => `["${name}"]="${value}"`)
				.join(",")}}`,
	);
	return [
		`local people = {${list.join(",\n")}}`,
		"local next = 0",
		"request = function()",
		"  next = next % #people + 1",
		'  return wrk.format("GET", nil, people[next])',
		"end",
	].join("\n");
}
