import type { Network } from "../../src/collector/ask-server.ts";
import { pushTotals, type TotalsPushOptions, type TotalsResult } from "../../src/collector/push-totals.ts";
import { Server } from "../../src/collector/server.ts";
import type { Database } from "../../src/ledger/database.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listReportedDays } from "../../src/reports/reported.ts";
import { dayText } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import type { UsageFilter } from "../../src/usage/filter.ts";
import type { Exact } from "../../src/usage/usage.ts";
import { noLimits } from "./isolation.ts";
import { AT, eventOf, HOUR, LAPTOP, openTestLedger, type TestLedger } from "./ledger.ts";
import { NOW } from "./scan.ts";
import { type Person, SERVER, TestServer } from "./server.ts";
import { networkTo } from "./verifying.ts";

/** A request as it left: its path, and its body. */
export type Left = { path: string; body: string };

/** Leads to a server in this process, and notes what leaves for it. */
export function watchedNetwork(
	server: TestServer,
	left: Left[],
	behaviour: (left: Left, answer: () => Promise<Response>) => Promise<Response> = (_left, answer) => answer(),
): Network {
	const network = networkTo(server);
	return {
		...network,
		async fetch(url, request) {
			const one = { path: new URL(url).pathname, body: String(request.body ?? "") };
			left.push(one);
			return behaviour(one, () => network.fetch(url, request));
		},
	};
}

export type TotalsOver = Partial<TotalsPushOptions> & {
	network?: Network;
	key?: string;
	/** Where waits are noted, in ms; nobody really waits. */
	waits?: number[];
};

/** Sends totals of a ledger to a person's account, whole paths and all. */
export async function pushTotalsAs(
	{ keys }: Person,
	server: TestServer,
	db: Database,
	over: TotalsOver = {},
): Promise<TotalsResult> {
	const { network = networkTo(server), key = keys.ingest, waits = [], ...options } = over;
	const user = await findUser(db, LOCAL_USER);
	if (!user) throw new Error("nothing was collected");
	return pushTotals(db, {
		user,
		machine: LAPTOP,
		kind: "daily",
		server: new Server({ address: SERVER, key }, network),
		privacy: { userHome: "/home/dev", setting: "full" },
		now: () => NOW,
		sleep: async (ms) => void waits.push(ms),
		random: () => 0.5,
		...options,
	});
}

/** What totals can be of. */
export const KINDS = ["daily", "session", "blocks"] as const;

/** A ledger, a person's account at a server, and what leaves for it. */
export class TotalsStage {
	left: Left[] = [];

	private constructor(
		public server: TestServer,
		public alice: Person,
		readonly ledger: TestLedger,
	) {}

	static async set(): Promise<TotalsStage> {
		const server = await TestServer.start({ limits: noLimits() });
		return new TotalsStage(server, await server.join("alice"), await openTestLedger());
	}

	/** Sends the ledger's totals to the account; `left` has what left for it. */
	send(over: TotalsOver = {}): Promise<TotalsResult> {
		const network = this.watched();
		return pushTotalsAs(this.alice, this.server, this.ledger.db, { network, ...over });
	}

	watched(behaviour?: Parameters<typeof watchedNetwork>[2]): Network {
		return watchedNetwork(this.server, this.left, behaviour);
	}

	days(): ReturnType<typeof daysAt> {
		return daysAt(this.server, this.alice);
	}
}

/** The records that left. */
export function recordsOf(sent: readonly Left[]): Record<string, unknown>[] {
	return sent
		.filter(({ path }) => path.endsWith("/batch"))
		.flatMap(({ body }) => (JSON.parse(body) as { records: Record<string, unknown>[] }).records);
}

const EXTRA = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };

/** Responses told apart by their numbers, one every two hours, three a session, in two projects. */
export function responses(count: number, from = 0): UsageEvent[] {
	return Array.from({ length: count }, (_, i) => {
		const n = from + i;
		return eventOf({
			id: `msg_${n}`,
			at: AT + n * 2 * HOUR,
			session: `session-${Math.floor(n / 3)}`,
			project: n % 4 === 0 ? "/home/dev/secret/tool" : "/home/dev/app",
			model: n % 3 === 0 ? "dear" : "cheap",
			extra: n % 5 === 0 ? [EXTRA] : undefined,
		});
	});
}

/** The reported days that a person's account shows: day, label and tokens. */
async function daysAt(
	server: TestServer,
	{ account }: Person,
): Promise<[day: string, label: string, tokens: Exact][]> {
	const rows = await listReportedDays(server.db, { id: account.user, zone: "UTC" }, ALL_USAGE);
	return rows.map(({ day, label, total }) => [dayText(day), label, total]);
}

export const ALL_USAGE: UsageFilter = { zone: "UTC", mode: "calculate" };
