import { beforeAll, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	BOARD_METRICS,
	BOARD_PERIODS,
	type BoardMetric,
	type BoardPeriod,
} from "../../src/usage/leaderboard.ts";
import { noLimits } from "../support/isolation.ts";
import { DAY, eventOf, HOUR, ingestAll, MINUTE, machineNamed, pricesOf } from "../support/ledger.ts";
import { type NaivePerson, naiveBoard } from "../support/naive-board.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";
import { type Person, TestServer } from "../support/server.ts";

const ZONES = ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu", "UTC"];
const USD = { cheap: 1, dear: 10 };
/** In the middle of a quarter of an hour, and of a day. */
const PRESENT = Date.UTC(2026, 10, 24, 13, 37, 11);

type Taker = NaivePerson & { person: Person };

let takers: Taker[];

beforeAll(async () => {
	({ takers } = await makeTeam(25, 7));
}, PATIENCE);

/** People of four zones, with usage on all sides of every day's end, and some of it dated later than now. */
async function makeTeam(count: number, seed: number): Promise<{ server: TestServer; takers: Taker[] }> {
	const server = await TestServer.start({ limits: noLimits() });
	server.now = PRESENT;
	const ada = await server.join("ada", "owner");
	await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
	const takers: Taker[] = [];
	for (let i = 0; i < count; i++) {
		const person = await server.join(`person${i}`);
		const { user } = person.account;
		await server.db.run("update users set zone = ? where id = ?", [ZONES[i % ZONES.length] ?? "UTC", user]);
		// Two by two they have the same, so that there are ties.
		const events = usageOf(`p${i}`, new Random(seed * 1_000 + Math.floor(i / 2)));
		const ledger = await findUser(server.db, user);
		if (!ledger) throw new Error("nobody is there");
		const machines = [machineNamed("one", 2 * i + 10), machineNamed("two", 2 * i + 11)];
		for (const [n, machine] of machines.entries()) {
			const own = events.filter((_, place) => place % 2 === n);
			await ingestAll({ db: server.db, user: ledger }, own, { machine, prices: pricesOf(USD), now: PRESENT });
		}
		const name = `Name ${String.fromCharCode(65 + ((i * 7) % 26))}${i}`;
		if (i % 6 !== 5) {
			const joined = await join(person, name);
			if (joined.status !== 200) throw new Error(`${name} was answered ${joined.status}`);
		}
		takers.push({ name, person, events, takesPart: i % 6 !== 5 });
	}
	return { server, takers };
}

function join(person: Person, name: string): Promise<Response> {
	return person.send("PUT", "/api/user/leaderboard-settings", {
		leaderboard_enabled: true,
		display_name: name,
	});
}

function usageOf(name: string, random: Random): UsageEvent[] {
	const midnight = PRESENT - (PRESENT % DAY);
	const starts = [
		() => midnight - random.integer(0, 3) * DAY + random.integer(-2, 1) * MINUTE,
		() => PRESENT - random.integer(0, 120) * MINUTE,
		() => PRESENT - random.integer(0, 40 * 24) * HOUR,
		() => PRESENT - random.integer(0, 500 * 24) * HOUR,
		() => PRESENT + random.integer(20, 12 * 60) * MINUTE,
	];
	const isBusy = random.next() < 0.7;
	return Array.from({ length: isBusy ? random.integer(60, 160) : random.integer(0, 8) }, (_, i) =>
		eventOf({
			id: `${name}-${i}`,
			at: random.pick(starts)(),
			session: `${name}-${i % 5}`,
			model: random.pick(["cheap", "cheap", "dear", "unheard-of"]),
			input: random.integer(0, 900),
			output: random.integer(0, 4_000),
			cacheRead: random.pick([0, random.integer(0, 90_000)]),
		}),
	);
}

type Answer = { entries: Record<string, unknown>[]; user_rank: number | null; total_participants: number };

async function boardFor(person: Person, period: BoardPeriod, metric: BoardMetric): Promise<Answer> {
	const answer = await person.ask(`/api/leaderboard/${period}?metric=${metric}`);
	expect(answer.status).toBe(200);
	return (await answer.json()) as Answer;
}

/** Asks as somebody, and says how the answer is not what a count of all responses comes to. */
async function expectCounted(all: readonly Taker[], asker: Taker): Promise<number> {
	let ranked = 0;
	for (const period of BOARD_PERIODS) {
		for (const metric of BOARD_METRICS) {
			const { entries, user_rank, total_participants } = await boardFor(asker.person, period, metric);
			const counted = naiveBoard(all, { period, metric, now: PRESENT }, USD);
			expect({ period, metric, names: entries.map(({ display_name }) => display_name) }).toEqual({
				period,
				metric,
				names: counted.map(({ name }) => name),
			});
			for (const [i, entry] of counted.entries()) {
				expect(entries[i]).toMatchObject({
					total_tokens: entry.tokens,
					total_cost: entry.nanoUsd / 1e9,
					active_days: entry.days,
					cache_hit_share: entry.cache,
					daily_average: Math.round(entry.tokens / entry.days),
					rank: entry.rank,
					percentile: entry.top,
					is_current_user: entry.name === asker.name,
				});
			}
			const own = asker.takesPart ? counted.find(({ name }) => name === asker.name) : undefined;
			expect(user_rank).toBe(own?.rank ?? null);
			expect(total_participants).toBe(counted.length);
			ranked += counted.length;
		}
	}
	return ranked;
}

describe("the leaderboard of 25 people in four zones", () => {
	test("is what a count of all their responses comes to, by UTC days, in every period and order", async () => {
		const [first, , , , , notIn] = takers;
		if (!first || !notIn) throw new Error("there are people");
		const ranked = await expectCounted(takers, first);
		expect(ranked).toBeGreaterThan(150);
		await expectCounted(takers, notIn);
		const { entries } = await boardFor(first.person, "all", "tokens");
		expect(new Set(entries.map(({ rank }) => rank)).size).toBeLessThan(entries.length);
	});

	test("shows what a page shows: the same people in the same places", async () => {
		const [first] = takers;
		const html = await (await first?.person.visit("/leaderboard?period=monthly&metric=days"))?.text();
		const names = [...(html ?? "").matchAll(/<bdi title="([^"]+)"/g)].map(([, name]) => name);
		const counted = naiveBoard(takers, { period: "monthly", metric: "days", now: PRESENT }, USD);
		expect(names.slice(1)).toEqual(counted.map(({ name }) => name));
		expect(names[0]).toBe(first?.name);
	});
});

const { numRuns: SEEDS } = runs(3, 40);

test(
	"whoever comes, goes, is left out or disabled, it is what a count of those comes to who are there, at once",
	async () => {
		await forSeeds(SEEDS, async (seed) => {
			const random = new Random(seed);
			const team = await makeTeam(6, seed);
			const ada = await team.server.join("grace", "admin");
			const state = team.takers.map((taker) => ({
				...taker,
				isIn: taker.takesPart,
				isOut: false,
				isOff: false,
			}));
			for (let step = 0; step < 25; step++) {
				const one = random.pick(state);
				const { id } = one.person.account;
				const act = random.pick(["in", "out", "exclude", "include", "disable", "enable"]);
				if (act === "in" && !one.isOff) one.isIn = (await join(one.person, one.name)).ok;
				if (act === "out" && !one.isOff) {
					await one.person.send("PUT", "/api/user/leaderboard-settings", { leaderboard_enabled: false });
					one.isIn = false;
				}
				if (act === "exclude" || act === "include") {
					one.isOut = act === "exclude";
					await ada.send("PUT", `/api/admin/leaderboard/${id}`, { excluded: one.isOut });
				}
				if (act === "disable" || act === "enable") {
					one.isOff = act === "disable";
					await ada.send("PATCH", `/api/admin/users/${id}`, { disabled: one.isOff });
				}
				const there = state.map((taker) => ({
					...taker,
					takesPart: taker.isIn && !taker.isOut && !taker.isOff,
				}));
				for (const period of ["weekly", "all"] as const) {
					const { entries } = await boardFor(ada, period, "tokens");
					expect(entries.map(({ display_name }) => display_name)).toEqual(
						naiveBoard(there, { period, metric: "tokens", now: PRESENT }, USD).map(({ name }) => name),
					);
				}
			}
			expect(team.server.reported).toEqual([]);
			await team.server.server.close();
		});
	},
	PATIENCE,
);
