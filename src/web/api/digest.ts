import { type } from "arktype";
import { isMachineUuid } from "../../account/machine.ts";
import { type ChangedRow, findDigestRows, listDayDigests, listMachineUuids } from "../../ledger/digest.ts";
import { findUser, type LedgerUser } from "../../ledger/users.ts";
import { DAY_MS, dayText } from "../../usage/day.ts";
import { MOST_KEYS, MOST_MACHINES } from "../../usage/digest-answer.ts";
import { accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { json } from "./rows.ts";
import { Day } from "./usage-query.ts";

const Query = type({
	"+": "delete",
	"since?": Day,
	"until?": Day,
	"machine?": listOf(MOST_MACHINES, isMachineUuid, "UUIDs of machines"),
});

const KeysQuery = type({
	"+": "delete",
	"keys?": listOf(MOST_KEYS, (key) => /^[\w-]{16}$/.test(key), "keys of responses"),
});

/** Texts with commas between them. */
function listOf(most: number, isSound: (text: string) => boolean, what: string) {
	return type("string").pipe((text, ctx) => {
		const items = text.split(",");
		return items.length <= most && items.every(isSound) ? items : ctx.error(`up to ${most} ${what}`);
	});
}

const Count = type("number.integer >= 0");
/** A text where a number could not hold it. */
const Sum = Count.or("string");
const SUMS = {
	input: Sum,
	output: Sum,
	cacheWrite5m: Sum,
	cacheWrite1h: Sum,
	cacheRead: Sum,
	webSearches: Sum,
} as const;

const Digest = type({
	ledger: "string.uuid",
	horizon: "number.integer",
	whole: "boolean",
	days: type({ day: "string", responses: Count, hash: "string", ...SUMS }).array(),
	next: "string | null",
});

const COUNTERS = {
	model: "string",
	input: Count,
	output: Count,
	cacheWrite5m: Count,
	cacheWrite1h: Count,
	cacheRead: Count,
} as const;

const Responses = type({
	responses: type({
		key: "string",
		at: Count,
		countedAt: "number.integer",
		replay: "boolean",
		webSearches: Count,
		"speed?": "string",
		"geo?": "string",
		"tier?": "string",
		"reportedNanoUsd?": Count,
		"extra?": type(COUNTERS).array(),
		...COUNTERS,
	}).array(),
});

/** What a machine compares its own ledger with. Every key may ask: none learns a name, nor a response that it has not. */
export function digestRoutes({ db, ledger }: ServerOptions): Route[] {
	const personOf = async (viewer: Viewer): Promise<LedgerUser> => {
		const { user } = accountOf(viewer);
		const person = await findUser(db, user);
		if (!person) throw new Error(`the account's user ${user} is not in the ledger`);
		return person;
	};
	return [
		route({
			method: "GET",
			path: "/api/usage/digest",
			access: "identify",
			text: { summary: "Day by day (UTC) what is kept, with a hash to compare it by", reply: Digest },
			query: Query,
			async answer({ query: { since = 0, until = LAST_DAY, machine } }, viewer) {
				const { id, horizon } = await personOf(viewer);
				const scope = { from: Math.max(horizon, since * DAY_MS), machines: machine };
				const [{ days, next }, known] = await Promise.all([
					listDayDigests(db, id, scope, until),
					listMachineUuids(db, id),
				]);
				return json({
					ledger,
					horizon,
					whole: !machine || known.every((uuid) => machine.includes(uuid)),
					days: days.map((day) => ({ ...day, day: dayText(day.day) })),
					next: next === undefined ? null : dayText(next),
				});
			},
		}),
		route({
			method: "GET",
			path: "/api/usage/digest/responses",
			access: "identify",
			text: { summary: "What is kept of responses, by their keys", reply: Responses },
			query: KeysQuery,
			async answer({ query: { keys = [] } }, viewer) {
				const { id } = await personOf(viewer);
				return json({ responses: (await findDigestRows(db, id, keys)).map(withoutChange) });
			},
		}),
	];
}

/** 9999-12-31, the last day that can be written. */
const LAST_DAY = 2_932_896;

/** How often this ledger changes is nobody's business. */
function withoutChange({ change: _, ...row }: ChangedRow) {
	return row;
}
