import type { Machine } from "../../../src/account/machine.ts";
import { findUser, type LedgerUser } from "../../../src/ledger/users.ts";
import type { UsageEvent } from "../../../src/usage/event.ts";
import { createPriceBook } from "../../../src/usage/price.ts";
import { parsePriceTable } from "../../../src/usage/price-table.ts";
import { projectId } from "../../../src/usage/project-id.ts";
import { noLimits } from "../isolation.ts";
import { DAY, eventOf, HOUR, ingestAll, MINUTE, machineNamed } from "../ledger.ts";
import { Random } from "../random.ts";
import { type Person, TestServer } from "../server.ts";

/** In the middle of an afternoon, so that a block runs. */
export const PRESENT = Date.UTC(2026, 10, 24, 15, 37);

/** Answers within other models' responses, and none of its own. */
export const ADVISOR = "claude-advisor";

/** Dollars per million tokens; `gpt-99` has no price. */
export const RATES: Readonly<
	Record<string, Readonly<Record<"input" | "output" | "cacheWrite5m" | "cacheWrite1h" | "cacheRead", number>>>
> = {
	"claude-large": { input: 15, output: 75, cacheWrite5m: 18.75, cacheWrite1h: 30, cacheRead: 1.5 },
	"claude-middle": { input: 3, output: 15, cacheWrite5m: 3.75, cacheWrite1h: 6, cacheRead: 0.3 },
	"claude-small": { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 },
	[ADVISOR]: { input: 4, output: 20, cacheWrite5m: 5, cacheWrite1h: 8, cacheRead: 0.4 },
};

const MODELS = ["claude-large", "claude-middle", "claude-middle", "claude-small", "gpt-99"];
const PRICE_BOOK = createPriceBook(parsePriceTable({ models: RATES }, "test prices"));

/** Somebody of the team: what was sent of their usage, each response once, and by which machine first. */
export type Member = {
	name: string;
	person: Person;
	zone: string;
	machines: readonly Machine[];
	/** All that counts. */
	events: UsageEvent[];
	/** What is kept but counted nowhere: copies of a response within its session. */
	replays: UsageEvent[];
	/** What a project or a machine (UUID) counts under, in place of its own name. */
	merged: ReadonlyMap<string, string>;
	/** What people call a project. */
	aliases: ReadonlyMap<string, string>;
	/** The weekday on which the person's weeks begin; Monday, 0, for who chose none. */
	weekStart: number;
	/** What the person pays a month, if that is settled. */
	plan: { id: string; dollars: number } | undefined;
};

export type PageTeam = { server: TestServer; members: Member[] };

type Plan = {
	name: string;
	zone: string;
	weekStart: number;
	machines: number;
	events: number;
	isTidy: boolean;
};

const ZONES = ["Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];

/** Of all days of the week those first that are common. */
const WEEK_STARTS = [6, 0, 5, 1, 2, 3, 4];

/** Twenty people with fifty machines; who comes first has most of both, and the second has given names. */
function plansOf(events: number): Plan[] {
	const machines = [9, 4, 1, 5, 4, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1];
	const shares = [0.4, 0.12, 0.04];
	const rest = (1 - 0.56) / (machines.length - shares.length);
	return machines.map((count, i) => ({
		name: `member${i + 1}`,
		zone: ZONES[i % ZONES.length] ?? "UTC",
		weekStart: WEEK_STARTS[i % WEEK_STARTS.length] ?? 0,
		machines: count,
		events: Math.round(events * (shares[i] ?? rest)),
		isTidy: i === 1,
	}));
}

/**
 * A server with two years of a team's usage, made by the ledger's own ingest.
 *
 * @param events how many responses the team has, about
 */
export async function makePageTeam(seed: number, events: number): Promise<PageTeam> {
	const server = await TestServer.start({ limits: noLimits(), prices: PRICE_BOOK });
	server.now = PRESENT;
	const random = new Random(seed);
	const members: Member[] = [];
	let machines = 0;
	for (const plan of plansOf(events)) {
		const own = Array.from({ length: plan.machines }, (_, i) => ({
			...machineNamed(i % 4 === 3 ? "laptop" : `${plan.name}-m${i}`, 1_000 + ++machines),
			zone: plan.zone,
		}));
		members.push(await addMember(server, plan, own, random));
	}
	return { server, members };
}

async function addMember(
	server: TestServer,
	plan: Plan,
	machines: Machine[],
	random: Random,
): Promise<Member> {
	const { db } = server;
	const person = await server.join(plan.name);
	await db.run("update users set zone = ? where id = ?", [plan.zone, person.account.user]);
	await db.run("update accounts set zone_set = 1 where user = ?", [person.account.user]);
	const user = await findUser(db, person.account.user);
	if (!user) throw new Error(`${plan.name} is not in the ledger`);
	const { events, replays } = usageOf(plan, machines, random);
	const copies = events.filter(() => random.next() < 0.02);
	await send({ db, user }, [...events, ...replays], machines);
	// Another machine has restored some of it from a backup: it stays with the one that sent it first.
	if (machines[0])
		await ingestAll({ db, user }, copies, { machine: machines[0], prices: PRICE_BOOK, now: PRESENT });
	const named = plan.isTidy ? await tidyUp(person, machines) : { merged: new Map(), aliases: new Map() };
	const paid = PLANS[plan.name];
	if (paid) {
		const body = { claude_plan: paid.id, price_usd: paid.dollars };
		const { status } = await person.send("PUT", "/api/user/plan-settings", body);
		if (status !== 200) throw new Error(`the plan was answered ${status}`);
	}
	const { name, zone, weekStart } = plan;
	if (weekStart > 0) {
		const body = { week_start: DAYS_OF_WEEK[weekStart] };
		const { status } = await person.send("PUT", "/api/user/email-preferences", body);
		if (status !== 200) throw new Error(`the week's first day was answered ${status}`);
	}
	return { name, person, zone, weekStart, machines, events, replays, ...named, plan: paid };
}

const DAYS_OF_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Two of them have settled what they pay. */
const PLANS: Readonly<Record<string, { id: string; dollars: number }>> = {
	member1: { id: "max_100", dollars: 100 },
	member2: { id: "other", dollars: 12.34 },
};

/** Merges two of the projects, and two of the machines, and calls a project otherwise. */
async function tidyUp(
	person: Person,
	[first, second]: readonly Machine[],
): Promise<Pick<Member, "merged" | "aliases">> {
	const machines = [second?.uuid ?? "", first?.uuid ?? ""] as const;
	const projects = ["/home/dev/docs", "/home/dev/web"] as const;
	const alias = ["/srv/app", "Zebra"] as const;
	const changes = [
		[`/api/machines/${machines[0]}`, { mergedInto: machines[1] }],
		[`/api/projects/${projectId(projects[0])}`, { mergedInto: projectId(projects[1]) }],
		[`/api/projects/${projectId(alias[0])}`, { alias: alias[1] }],
	] as const;
	for (const [path, change] of changes) {
		const { status } = await person.send("PATCH", path, change);
		if (status !== 200) throw new Error(`${path} answered ${status}`);
	}
	return { merged: new Map([machines, projects]), aliases: new Map([alias]) };
}

async function send(
	ledger: { db: TestServer["db"]; user: LedgerUser },
	events: readonly UsageEvent[],
	machines: readonly Machine[],
): Promise<void> {
	for (const machine of machines) {
		const own = events.filter((event) => event.machine === machine.uuid);
		await ingestAll(ledger, own, { machine, prices: PRICE_BOOK, now: PRESENT });
	}
}

/** One session of whoever has many is longer than any picture. */
const LONG = 5;

/** Session after session, the last ones of the present day; each event names the machine that sends it. */
function usageOf(
	plan: Plan,
	machines: readonly Machine[],
	random: Random,
): Pick<Member, "events" | "replays"> {
	const events: UsageEvent[] = [];
	const replays: UsageEvent[] = [];
	for (let session = 0; events.length < plan.events; session++) {
		const start = startOf(session, random);
		const length = session === LONG && plan.events > 3_000 ? 1_300 : random.integer(1, 40);
		const made = sessionOf(`${plan.name}-${session}`, { start, length }, machines, random);
		events.push(...made);
		const copied = made.find(({ sidechain }) => !sidechain);
		if (copied && random.next() < 0.1) replays.push(replayOf(copied, `${plan.name}-${session}`));
	}
	return { events, replays };
}

/** Of the first ones some are of today, and one in ten of the last month. */
function startOf(session: number, random: Random): number {
	if (session === 0) return PRESENT - 2 * HOUR - 11 * MINUTE;
	if (session < 4) return PRESENT - random.integer(3, 30) * HOUR;
	const days = random.next() < 0.1 ? 30 : 730;
	return PRESENT - random.integer(HOUR, days * DAY);
}

function sessionOf(
	name: string,
	{ start, length }: { start: number; length: number },
	machines: readonly Machine[],
	random: Random,
): UsageEvent[] {
	const project = projectOf(random);
	const branch = random.pick(["main", "main", "dev", "fix/long-name", undefined]);
	const machine = random.pick(machines);
	const events: UsageEvent[] = [];
	let at = start;
	let model = random.pick(MODELS);
	for (let i = length; i > 0 && at < PRESENT; i--) {
		if (random.next() < 0.05) model = random.pick(MODELS);
		const isApart = random.next() < 0.2;
		events.push(
			eventOf({
				id: `${name}-${i}`,
				request: `${name}-${i}`,
				at,
				session: name,
				project: random.next() < 0.03 ? projectOf(random) : project,
				branch: random.next() < 0.05 ? "other" : branch,
				machine: (random.next() < 0.02 ? random.pick(machines) : machine).uuid,
				model,
				input: random.integer(0, 900),
				output: random.integer(0, 4_000),
				cacheWrite5m: random.pick([0, random.integer(0, 20_000)]),
				cacheWrite1h: random.pick([0, 0, random.integer(0, 9_000)]),
				cacheRead: random.pick([0, random.integer(0, 180_000), random.integer(0, 60_000)]),
				webSearches: random.next() < 0.03 ? random.integer(1, 3) : 0,
				sidechain: isApart,
				agent: isApart ? `agent-${random.integer(1, 3)}` : undefined,
				version: random.pick(["1.0.0", "1.2.3"]),
				extra: random.next() < 0.02 ? [extraOf(random)] : undefined,
			}),
		);
		at += gapOf(random);
	}
	return events;
}

function projectOf(random: Random): string | undefined {
	return random.pick([
		"/home/dev/app",
		"/home/dev/web",
		"/srv/app",
		"/home/dev/docs",
		"/home/dev/app",
		undefined,
	]);
}

function extraOf(random: Random) {
	const counters = { input: random.integer(1, 500), output: random.integer(0, 900) };
	return {
		model: random.pick([...MODELS, ADVISOR]),
		...counters,
		cacheWrite5m: 0,
		cacheWrite1h: 0,
		cacheRead: 7,
	};
}

/** Seconds, minutes, and now and then some hours. */
function gapOf(random: Random): number {
	const chance = random.next();
	if (chance < 0.01) return random.integer(HOUR, 9 * HOUR);
	return chance < 0.2 ? random.integer(MINUTE, 20 * MINUTE) : random.integer(1_000, 90_000);
}

/** The same message once more, as a sub-agent's transcript has it. */
function replayOf(event: UsageEvent, name: string): UsageEvent {
	const again = eventOf({ id: `${name}-again`, request: `${name}-again` });
	return { ...event, key: again.key, sidechain: true, sidechainOnly: true, agent: "agent-1" };
}
