import type { Machine } from "../../src/account/machine.ts";
import { findUser, saveZone } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { noLimits } from "./isolation.ts";
import { DESKTOP, eventOf, HOUR, ingestAll, LAPTOP, MINUTE, machineNamed } from "./ledger.ts";
import { rowOf } from "./naive-usage.ts";
import { Random } from "./random.ts";
import { replyOf } from "./replies.ts";
import { type Person, SERVER, TestServer } from "./server.ts";

/** A response, and the machine that told it first. */
export type Told = UsageEvent & { from: Machine };

/** Another machine of the same name as {@link LAPTOP}. */
export const NEW_LAPTOP = machineNamed("laptop", 3);
export const MACHINES = [LAPTOP, DESKTOP, NEW_LAPTOP];

export type UsageServer = {
	server: TestServer;
	alice: Person;
	bob: Person;
	told: Told[];
	/** Asks as Alice and reads an answer that is as its route says. */
	get<Body>(path: string): Promise<Body>;
	/** Follows the links from page to page. */
	walk<Body>(path: string): Promise<Body[]>;
	ingest(told: readonly Told[]): Promise<void>;
	setZone(zone: string): Promise<void>;
};

/** A server on which Alice has used something on three machines, and Bob something on one of his own. */
export async function startUsageServer(told: Told[]): Promise<UsageServer> {
	const server = await TestServer.start({ limits: noLimits() });
	const { alice, bob } = await server.joinAll();
	const ledgerOf = async ({ account }: Person) => {
		const user = await findUser(server.db, account.user);
		if (!user) throw new Error("the person is not in the ledger");
		return { db: server.db, user };
	};
	const ingest = async (events: readonly Told[]) => {
		for (const machine of MACHINES) {
			const own = events.filter(({ from }) => from === machine).map(({ from: _, ...event }) => event);
			await ingestAll(await ledgerOf(alice), own, { machine });
		}
	};
	await ingest(told);
	await ingestAll(await ledgerOf(bob), [eventOf({ session: "bobs", project: "/home/bob/app" })], {
		machine: BOBS,
	});
	const get = async <Body>(path: string): Promise<Body> =>
		replyOf<Body>(server, ["GET", path.split("?")[0] ?? ""], await alice.ask(path));
	return {
		server,
		alice,
		bob,
		told,
		get,
		ingest,
		async walk<Body>(path: string) {
			const pages: Body[] = [];
			for (let next: string | undefined = path; next !== undefined && pages.length < 1_000; ) {
				pages.push(await get<Body>(next));
				next = nextOf(await alice.ask(next));
			}
			return pages;
		},
		async setZone(zone) {
			const { user } = await ledgerOf(alice);
			await server.db.transaction((tx) => saveZone(tx, user, zone));
		},
	};
}

export const BOBS = machineNamed("bobs-laptop", 9);

/** The address of the page that follows an answer, without its origin. */
export function nextOf(response: Response): string | undefined {
	const [, address] = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "") ?? [];
	return address?.startsWith(SERVER) ? address.slice(SERVER.length) : undefined;
}

const PROJECTS = ["/home/ada/app", "/home/ada/we%b_1*", "C:\\code\\tool", undefined];

/** Made-up responses at these times, on three machines, in sessions that do not keep to one of them. */
export function tellUsage(times: readonly number[], seed = 1): Told[] {
	const random = new Random(seed);
	return times.map((at, n) => ({
		...eventOf({
			id: `msg_${n}`,
			at,
			input: random.integer(0, 1_000),
			output: random.integer(0, 100),
			cacheRead: random.integer(0, 10_000),
			webSearches: random.pick([0, 0, 1]),
			model: random.pick(["cheap", "dear", "unheard-of"]),
			session: `s${random.integer(1, Math.max(2, times.length / 8))}`,
			project: random.pick(PROJECTS),
			branch: random.pick(["main", "dev", undefined]),
			extra:
				random.next() < 0.2
					? [{ model: "dear", input: 5, output: 1, cacheWrite5m: 0, cacheWrite1h: 2, cacheRead: 0 }]
					: undefined,
		}),
		from: random.pick(MACHINES),
	}));
}

/** Times over some days from a moment on, most of them near each other. */
export function timesFrom(start: number, count: number, seed = 1): number[] {
	const random = new Random(seed);
	let at = start;
	return Array.from({ length: count }, () => {
		at += random.pick([0, MINUTE, 17 * MINUTE, HOUR, 5 * HOUR, 11 * HOUR]);
		return at;
	});
}

/** What some responses come to, as rows of the API have it, counted in the plainest way. */
export function fieldsOf(told: readonly Told[]) {
	const usage = rowOf(told, "calculate");
	const [input, output, written5m, written1h, read] = [
		Number(usage.input),
		Number(usage.output),
		Number(usage.cacheWrite5m),
		Number(usage.cacheWrite1h),
		Number(usage.cacheRead),
	];
	return {
		input_tokens: input,
		output_tokens: output,
		cache_creation_tokens: written5m + written1h,
		cache_read_tokens: read,
		total_tokens: input + output + written5m + written1h + read,
		total_cost: Number(usage.costNanoUsd) / 1e9,
		cache_creation_5m_tokens: written5m,
		cache_creation_1h_tokens: written1h,
		web_searches: Number(usage.webSearches),
		responses: Number(usage.responses),
		unpriced_responses: Number(usage.unpriced),
	};
}

/** Models by cost, the dearest first. */
export function modelsOf(told: readonly Told[]): string[] {
	return rowOf(told, "calculate").models.map(({ model }) => model);
}

/** Sums a field of rows. */
export function sumOf<Row>(rows: readonly Row[], field: keyof Row): number {
	return rows.reduce((sum, row) => sum + Number(row[field]), 0);
}
