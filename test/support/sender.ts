import type { Machine } from "../../src/account/machine.ts";
import type { Network } from "../../src/collector/ask-server.ts";
import { listDays } from "../../src/reports/days.ts";
import { listReportedDays } from "../../src/reports/reported.ts";
import { dayText } from "../../src/usage/day.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { totalTokens } from "../../src/usage/usage.ts";
import { noLimits } from "./isolation.ts";
import { ingestAll, machineNamed, openTestLedger, type TestLedger } from "./ledger.ts";
import { ALL_USAGE, pushTotalsAs } from "./pushing-totals.ts";
import { type Person, TestServer } from "./server.ts";
import { networkTo, pushAs } from "./verifying.ts";

/** Tokens by day; days without any are left out. */
export type ByDay = Record<string, number>;

/** What an account shows altogether of each day: responses, and totals in place of them. */
export async function shownTo({ account }: Person, server: TestServer): Promise<ByDay> {
	const asker = { id: account.user, zone: "UTC" };
	const shown: ByDay = {};
	for (const day of await listDays(server.db, asker, ALL_USAGE))
		add(shown, day.day, Number(totalTokens(day)));
	for (const { day, total } of await listReportedDays(server.db, asker, ALL_USAGE))
		add(shown, dayText(day), Number(total));
	return shown;
}

function add(to: ByDay, day: string, tokens: number): void {
	if (tokens > 0) to[day] = (to[day] ?? 0) + tokens;
}

function tokensOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: UsageEvent): number {
	return input + output + cacheWrite5m + cacheWrite1h + cacheRead;
}

const dayOfMoment = (at: number) => new Date(at).toISOString().slice(0, 10);

/** A machine of somebody, and what of it reached the server, counted by what went over the network. */
export class Sender {
	readonly used: UsageEvent[] = [];
	readonly #events = new Map<string, UsageEvent>();
	readonly #totals: ByDay = {};
	/** After so many more requests every answer gets lost on its way back. */
	losesAfter = Number.POSITIVE_INFINITY;

	constructor(
		readonly server: TestServer,
		readonly person: Person,
		public ledger: TestLedger,
		public machine: Machine,
	) {}

	/** Loses the ledger; the transcripts are all there still. */
	async loseLedger(): Promise<void> {
		this.ledger = await openTestLedger({ zone: this.ledger.user.zone });
		await ingestAll(this.ledger, this.used, { machine: this.machine });
	}

	async use(events: readonly UsageEvent[]): Promise<void> {
		this.used.push(...events);
		await ingestAll(this.ledger, events, { machine: this.machine });
	}

	async send(granularity: "all" | "daily" | "session" | "blocks", resend = false): Promise<void> {
		const { machine, network, person, server } = this;
		const { db } = this.ledger;
		const options = { machine, network, resend };
		if (granularity === "all") await pushAs(person, server, db, options);
		else await pushTotalsAs(person, server, db, { ...options, kind: granularity });
		this.losesAfter = Number.POSITIVE_INFINITY;
	}

	/** What the server has to show of this machine by what reached it. */
	get told(): ByDay {
		const told: ByDay = {};
		for (const event of this.#events.values()) add(told, dayOfMoment(event.at), tokensOf(event));
		return { ...this.#totals, ...told };
	}

	/** What it has to show when everything has reached it. */
	get all(): ByDay {
		const all: ByDay = {};
		for (const event of this.used) add(all, dayOfMoment(event.at), tokensOf(event));
		return all;
	}

	private get network(): Network {
		const network = networkTo(this.server);
		return {
			...network,
			fetch: async (url, request) => {
				const answer = await network.fetch(url, request);
				const { pathname } = new URL(url);
				if (answer.ok && pathname === "/api/usage/events")
					this.#noteEvents(request.body as Uint8Array<ArrayBuffer>);
				if (answer.ok && pathname === "/api/usage/daily/batch") this.#noteTotals(String(request.body));
				if (this.losesAfter-- <= 0) throw new TypeError("the connection was lost");
				return answer;
			},
		};
	}

	#noteEvents(body: Uint8Array<ArrayBuffer>): void {
		const { events } = JSON.parse(Buffer.from(Bun.gunzipSync(body)).toString()) as {
			events: { key: string }[];
		};
		const keys = new Set(events.map(({ key }) => key));
		for (const event of this.used) if (keys.has(event.key)) this.#events.set(event.key, event);
	}

	#noteTotals(body: string): void {
		const { records } = JSON.parse(body) as { records: { date: string; total_tokens: number }[] };
		for (const { date, total_tokens } of records)
			this.#totals[date] = Math.max(this.#totals[date] ?? 0, total_tokens);
	}
}

/** Somebody with so many machines and an account at a server. */
export async function senders(count: number): Promise<{ server: TestServer; alice: Person; all: Sender[] }> {
	const server = await TestServer.start({ limits: noLimits() });
	const alice = await server.join("alice");
	const all: Sender[] = [];
	for (let n = 1; n <= count; n++) {
		const ledger = await openTestLedger();
		all.push(new Sender(server, alice, ledger, machineNamed(`machine-${n}`, n)));
	}
	return { server, alice, all };
}

/** Days with what they come to, one by one. */
export function sum(parts: readonly ByDay[]): ByDay {
	const all: ByDay = {};
	for (const part of parts) for (const [day, tokens] of Object.entries(part)) add(all, day, tokens);
	return all;
}

export function altogether(days: ByDay): number {
	return Object.values(days).reduce((all, tokens) => all + tokens, 0);
}
