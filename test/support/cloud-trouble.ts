import type { CloudOptions } from "../../src/ledger/cloud/cloud-database.ts";
import type { Random } from "./random.ts";
import type { Faults } from "./sqlite-cloud/faults.ts";
import type { CloudServer } from "./sqlite-cloud/server.ts";

/** Deadlines and pauses that are short, so that many of them pass in a test. */
export const SHORT: CloudOptions = {
	maxConnections: 4,
	idleMs: 200,
	connectMs: 400,
	queryMs: 150,
	acquireMs: 800,
	retry: { attempts: 3, delayMs: 5 },
	note: () => undefined,
};

/** With it a database is opened, looked at and closed where nothing goes wrong. */
export const PATIENT: CloudOptions = {
	maxConnections: 4,
	idleMs: 30_000,
	retry: { attempts: 0, delayMs: 0 },
	note: () => undefined,
};

const LOG_IN = /\bAUTH\b/;
const END = /\b(?:commit|rollback)$/;
const QUESTION = /^select\b/;
const CODES = [5, 6, 10_006];

/** What is no protocol, not whole, or of a kind that answers no statement of ours. */
export const GARBAGE = [
	"oh dear",
	"\u0000",
	"*15 0:1 1 1 +1 a:",
	"+99 x",
	":1",
	"%9 9 9 ",
	":1 ",
	"_ ",
	"+5 hello",
	"#2 {}",
	"=9 2 :1 ?abc ",
	"-9 oh dear! ",
	"_ _ ",
];

/** Sound answers, but to something else than a question of ours. */
export const FOREIGN = ["+2 OK", "=21 6 :10 :0 :1 :9 :1 :1 ", "/6 0 0 0 "];

const BY_REQUEST = [
	"dropBefore",
	"dropAfterRunning",
	"dropMidReply",
	"dropAfter",
	"errorFor",
	"garbage",
	"silent",
] as const;

/** A weather is over after some ms at most. */
const LONGEST_WEATHER = 50;
const WEATHERS: ((random: Random) => Faults)[] = [
	() => ({}),
	() => ({}),
	() => ({}),
	() => ({ refuse: "handshake" }),
	() => ({ refuse: "login" }),
	(random) => ({ mostConnections: random.integer(1, 2) }),
	(random) => ({ dropAfter: random.integer(2, 12) }),
	(random) => ({ fragment: random.integer(1, 7) }),
];

/** Takes back whatever a server was told to do wrong. */
export function clearFaults({ faults }: Pick<CloudServer, "faults">): void {
	for (const fault of Object.keys(faults) as (keyof Faults)[]) delete faults[fault];
}

/** Of how many requests a server was told to make something else than an answer at once. */
export function countFaults({ injected }: Pick<CloudServer, "injected">): number {
	return BY_REQUEST.reduce((sum, fault) => sum + injected[fault], 0);
}

/** A predicate that leaves the log-in alone. */
export function afterLogIn<Value>(choose: (sql: string) => Value): (sql: string) => Value | undefined {
	return (sql) => (LOG_IN.test(sql) ? undefined : choose(sql));
}

/**
 * Lets all go wrong that can, by chance: some for each request, log-ins among them, ends of transactions more often; and
 * what concerns all of the server for a while each.
 *
 * @param share of requests to which something happens, about
 * @returns what ends it
 */
export function makeTrouble(cloud: CloudServer, random: Random, share = 0.07): () => void {
	const happens = (part: number) => (sql: string) =>
		random.next() < share * part * (END.test(sql) ? 3 : 1) || undefined;
	const instead = <Value>(part: number, choose: () => Value) => {
		const isTurn = happens(part);
		return (sql: string) => (isTurn(sql) ? choose() : undefined);
	};
	const isGarbled = happens(0.1);
	const byRequest: Faults = {
		dropBefore: happens(0.2),
		dropAfterRunning: happens(0.2),
		dropMidReply: happens(0.15),
		errorFor: instead(0.25, () => ({ code: random.pick(CODES), message: "not now" })),
		garbage: (sql) => isGarbled(sql) && random.pick(QUESTION.test(sql) ? [...GARBAGE, ...FOREIGN] : GARBAGE),
		silent: happens(0.03),
		delayMs: instead(0.3, () => random.integer(1, 40)),
	};
	let timer: Timer;
	const change = () => {
		clearFaults(cloud);
		Object.assign(cloud.faults, byRequest, random.pick(WEATHERS)(random));
		if (random.next() < 0.1) cloud.dropAll();
		timer = setTimeout(change, random.integer(1, LONGEST_WEATHER));
	};
	change();
	return () => {
		clearTimeout(timer);
		clearFaults(cloud);
	};
}
