import { expect } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { eventOf, HOUR, ingestAll, PRICES } from "./ledger.ts";
import { type Person, TestServer } from "./server.ts";

export type BoardAnswer = Record<string, unknown> & { entries: Record<string, unknown>[] };

/** A server whose people may take part in a leaderboard: Ada owns it, Grace is its admin. */
export class BoardTeam {
	#made = 0;

	private constructor(
		readonly server: TestServer,
		readonly people: Record<"ada" | "grace" | "alice" | "bob", Person>,
	) {}

	static async start(): Promise<BoardTeam> {
		const server = await TestServer.start();
		server.now = Date.UTC(2026, 10, 24, 13, 37);
		return new BoardTeam(server, await server.joinAll());
	}

	async turn(isOn: boolean): Promise<void> {
		const answer = await this.people.grace.send("PATCH", "/api/admin/settings", { leaderboard: isOn });
		expect([answer.status, await answer.json()]).toMatchObject([200, { leaderboard: isOn }]);
	}

	settle(person: Person, isIn: boolean, name?: string | null): Promise<Response> {
		const body = { leaderboard_enabled: isIn, ...(name === undefined ? {} : { display_name: name }) };
		return person.send("PUT", "/api/user/leaderboard-settings", body);
	}

	/** Responses of 100 tokens each, so long ago. */
	async use(person: Person, count: number, ago = HOUR, part: Partial<UsageEvent> = {}): Promise<void> {
		const { db, now } = this.server;
		const user = await findUser(db, person.account.user);
		if (!user) throw new Error("nobody is there");
		const events = Array.from({ length: count }, (_, i) =>
			eventOf({ id: `m${++this.#made}`, at: now - ago + i, ...part }),
		);
		await ingestAll({ db, user }, events, { now, prices: PRICES });
	}

	/** All but Ada take part, Alice with most. */
	async fill(): Promise<void> {
		await this.turn(true);
		const { alice, bob, grace } = this.people;
		for (const [person, name, count] of [
			[alice, "Queen", 5],
			[bob, "Rook", 3],
			[grace, "Bishop", 3],
		] as const) {
			expect((await this.settle(person, true, name)).status).toBe(200);
			await this.use(person, count);
		}
	}

	async board(person: Person, path = "weekly"): Promise<BoardAnswer> {
		const answer = await person.ask(`/api/leaderboard/${path}`);
		expect(answer.status).toBe(200);
		return (await answer.json()) as BoardAnswer;
	}

	async names(person: Person, path = "weekly"): Promise<unknown[]> {
		return (await this.board(person, path)).entries.map(({ display_name }) => display_name);
	}
}
