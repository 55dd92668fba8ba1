import { expect } from "bun:test";
import { join } from "node:path";
import type { Machine } from "../../src/account/machine.ts";
import { NETWORK, type Network } from "../../src/collector/ask-server.ts";
import type { PushResult } from "../../src/collector/push.ts";
import { Server } from "../../src/collector/server.ts";
import { type Verified, verify } from "../../src/collector/verify.ts";
import type { Database } from "../../src/ledger/database.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { listMachines } from "../../src/reports/machines.ts";
import { RunningCount } from "./naive-count.ts";
import { pushTo } from "./pushing.ts";
import type { Random } from "./random.ts";
import { countByReports } from "./reports.ts";
import { collectFrom, emptyLedger } from "./scan.ts";
import type { ServedServer } from "./served-server.ts";
import type { Person } from "./server.ts";

/** Whose account usage goes to. */
export type Member = "alice" | "bob";

/** An upload as it was sent. */
export type Delivery = { of: Member; body: Uint8Array<ArrayBuffer>; headers: HeadersInit };

/** A served server with an account for each member. */
export type TeamServer = ServedServer & { people: Record<Member, Person> };

/** So many bytes are taken at once, so that a history makes many batches. */
const SMALL_BATCH = 1_000;

/** One machine of a member: its Claude directory, and its own ledger. */
export class TeamMachine {
	private constructor(
		readonly of: Member,
		readonly claude: string,
		public machine: Machine,
		readonly db: Database,
	) {}

	static async start(of: Member, claude: string, machine: Machine): Promise<TeamMachine> {
		return new TeamMachine(of, claude, machine, await emptyLedger());
	}

	get projects(): string {
		return join(this.claude, "projects");
	}

	async collect(): Promise<void> {
		await collectFrom(this.db, this.claude, { machine: this.machine });
	}

	/**
	 * Sends what is new, once; or, if `random` is given, so that each upload comes one to five times at once, and any of
	 * the answers is the one that is read.
	 */
	push(server: TeamServer, random?: Random): Promise<PushResult> {
		return this.#push(server, async (deliver) => {
			if (!random) return deliver();
			const answers = await Promise.all(Array.from({ length: random.integer(1, 5) }, deliver));
			return random.pick(answers);
		});
	}

	/** Sends everything once more in small batches, and keeps what it sent. */
	async pushAgain(server: TeamServer, sent: Delivery[]): Promise<void> {
		const result = await this.#push(
			server,
			async (deliver, { body, headers }) => {
				const upload = body as Uint8Array<ArrayBuffer>;
				if (upload.length > SMALL_BATCH) return new Response(null, { status: 413 });
				sent.push({ of: this.of, body: upload, headers: headers as HeadersInit });
				return deliver();
			},
			true,
		);
		expect(result).toMatchObject({ unsent: 0, stop: undefined, setAside: {} });
	}

	verify({ origin, people }: TeamServer): Promise<Verified> {
		const server = new Server({ address: origin, key: people[this.of].keys.ingest });
		return verify(this.db, { user: LOCAL_USER, server, since: 0, sleep: Bun.sleep, random: () => 0.5 });
	}

	#push(
		{ origin, people }: TeamServer,
		upload: (deliver: () => Promise<Response>, request: BunFetchRequestInit) => Promise<Response>,
		resend = false,
	): Promise<PushResult> {
		const fetch: Network["fetch"] = (url, request) => {
			const deliver = () => NETWORK.fetch(url, request);
			return request.method === "POST" ? upload(deliver, request) : deliver();
		};
		const { machine } = this;
		return pushTo(this.db, origin, { machine, key: people[this.of].keys.ingest, network: { fetch }, resend });
	}
}

/** Delivers uploads once more, each one to five times, in any order and eight at once. */
export async function deliverShuffled(
	{ origin, people }: TeamServer,
	sent: readonly Delivery[],
	random: Random,
): Promise<void> {
	const deliveries = sent
		.flatMap((delivery) => new Array<Delivery>(random.integer(1, 5)).fill(delivery))
		.map((delivery) => ({ delivery, place: random.next() }))
		.sort((a, b) => a.place - b.place);
	const worker = async () => {
		for (let next = deliveries.pop(); next; next = deliveries.pop()) {
			const { of, body, headers } = next.delivery;
			const response = await fetch(`${origin}/api/usage/events`, {
				method: "POST",
				body,
				headers: { ...(headers as Record<string, string>), "x-api-key": people[of].keys.ingest },
			});
			expect(response.status).toBe(200);
			expect(await response.json()).toMatchObject({ rejected: [] });
		}
	};
	await Promise.all(Array.from({ length: 8 }, worker));
}

/**
 * What the server says of each member is what a plain reader counts in the transcripts of all their machines together.
 * Which of several machines a copy is counted under depends on who sent it first: so each has at least what nobody else
 * has seen, at most what it has seen itself, and all of them together have everything.
 */
export async function expectUnion(
	{ server, people }: TeamServer,
	machines: readonly TeamMachine[],
): Promise<void> {
	for (const [name, { account }] of Object.entries(people)) {
		const own = machines.filter(({ of }) => of === name);
		const union = countIn(own);
		expect(union.total.responses).toBeGreaterThan(0);
		expect(await countByReports(server.db, union.lines, account.user)).toEqual(union);

		const asker = await findUser(server.db, account.user);
		if (!asker) throw new Error(`${name} is not in the ledger`);
		const rows = await listMachines(server.db, asker, { zone: "UTC", mode: "calculate" });
		const counts = new Map(rows.map(({ machine, responses }) => [machine, Number(responses)]));
		for (const [uuid, same] of Map.groupBy(own, ({ machine }) => machine.uuid)) {
			const others = countIn(own.filter((other) => !same.includes(other)));
			const count = counts.get(uuid) ?? 0;
			expect(count).toBeGreaterThanOrEqual(union.total.responses - others.total.responses);
			expect(count).toBeLessThanOrEqual(countIn(same).total.responses);
		}
		expect([...counts.values()].reduce((all, count) => all + count, 0)).toBe(union.total.responses);
	}
}

function countIn(machines: readonly TeamMachine[]) {
	const count = new RunningCount();
	for (const { projects } of machines) count.see(projects);
	return count.sum();
}
