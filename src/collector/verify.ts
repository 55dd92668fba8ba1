import { AppError } from "../errors.ts";
import type { Database } from "../ledger/database.ts";
import {
	type ChangedRow,
	countBetween,
	type DigestScope,
	listDayDigests,
	listMachineUuids,
	readDay,
} from "../ledger/digest.ts";
import { findAccount, listSetAsideKeys, type PushTarget } from "../ledger/push-targets.ts";
import { countSentTotals } from "../ledger/sent-totals.ts";
import { DAY_MS, dayText } from "../usage/day.ts";
import { compareRows, type DayDigest, type DigestRow } from "../usage/digest.ts";
import { type DigestAnswer, MOST_KEYS, MOST_MACHINES } from "../usage/digest-answer.ts";
import type { ProjectRules } from "../usage/project-rules.ts";
import type { Answer, Trouble } from "./ask-server.ts";
import { findHeldBack } from "./held-back.ts";
import { Patience } from "./patience.ts";
import type { Server } from "./server.ts";

export type VerifyOptions = {
	user: number;
	server: Server;
	/** Older responses are not sent, epoch ms. */
	since: number;
	/** What is settled for single projects: ignored ones are not sent. */
	rules?: ProjectRules | undefined;
	sleep: (ms: number) => Promise<void>;
	/** From 0 to 1. */
	random: () => number;
};

/** A day on which the server does not have what it was sent. UTC; days since 1970-01-01. */
export type DayDifference = {
	day: number;
	/** Responses that it does not have. */
	missing: number;
	/** Those that count less there, or stand at a later time. */
	less: number;
	/** Those that are other ones there, though no other machine has sent anything. */
	other: number;
};

export type Verified = {
	/** What the server should have. */
	days: number;
	responses: number;
	differences: DayDifference[];
	/** Of these the server knows more, from other machines. */
	known: number;
	/** Not sent yet, or not as they are now. */
	unsent: number;
	/** Refused by the server and kept aside. */
	setAside: number;
	/** Older than what the person wants kept there. */
	expired: number;
	/** Totals that were sent instead of responses, which are not compared. */
	totals: number;
};

const LAST_DAY = 2_932_896;

/**
 * Compares what a server has with what it acknowledged. First by day, of this ledger's machines: where nobody else has
 * seen the same responses, both ends have the same hash. Where the hashes differ, response by response: another machine
 * may have seen one earlier, which makes it that machine's and may put it on another day, or may have counted more of it.
 * So one is looked up by its key, and it is right if the server has at least what this ledger has. Only if no other
 * machine has ever sent anything must it be the very same. What the server has beside that is never wrong: this ledger
 * may have been made anew from transcripts of which some were gone. Nothing may be sent meanwhile.
 *
 * @throws AppError `no_key`, `server_unreachable`
 */
export async function verify(db: Database, options: VerifyOptions): Promise<Verified> {
	return new Verification(db, options).run();
}

class Verification {
	readonly #patience: Patience;
	readonly #result: Verified = {
		days: 0,
		responses: 0,
		differences: [],
		known: 0,
		unsent: 0,
		setAside: 0,
		expired: 0,
		totals: 0,
	};
	/** Whether nobody else has sent anything. */
	#isWhole = true;
	/** Numbers of projects that are not sent. */
	#ignored: readonly number[] = [];

	constructor(
		readonly db: Database,
		readonly options: VerifyOptions,
	) {
		this.#patience = new Patience(options.random);
	}

	async run(): Promise<Verified> {
		const { user, server, since, rules } = this.options;
		this.#ignored = (await findHeldBack(this.db, user, { rules })).projects ?? [];
		const { id } = await this.#ask(() => server.findAccount());
		const target = await findAccount(this.db, user, server.address, id);
		const totals = target ? await countSentTotals(this.db, target.id) : [];
		this.#result.totals = totals.reduce((sum, kind) => sum + kind.totals, 0);
		const setAside = new Set(target ? await listSetAsideKeys(this.db, target.id) : []);
		const { horizon, days } = await this.#findDays();
		const from = Math.max(horizon, since);
		this.#result.expired = await countBetween(this.db, user, since, from, this.#ignored);
		for await (const own of this.#ownDays(from)) {
			this.#result.days++;
			this.#result.responses += own.responses;
			const there = days.get(own.day);
			if (there?.hash === own.hash && there.responses === own.responses) continue;
			await this.#compareDay(own.day, from, target, setAside);
		}
		return this.#result;
	}

	async #findDays(): Promise<{ horizon: number; days: Map<number, DigestAnswer["days"][number]> }> {
		const { user, server, since } = this.options;
		const machines = (await listMachineUuids(this.db, user)).slice(0, MOST_MACHINES);
		const days = new Map<number, DigestAnswer["days"][number]>();
		let horizon = 0;
		if (machines.length === 0) return { horizon, days };
		for (let next: number | undefined = Math.floor(since / DAY_MS); next !== undefined; ) {
			const first = dayText(next);
			const answer: DigestAnswer = await this.#ask(() => server.findDigest(machines, first));
			for (const day of answer.days) days.set(day.day, day);
			this.#isWhole &&= answer.whole;
			horizon = answer.horizon;
			// A server that does not get on would be asked for ever.
			next = answer.next !== undefined && answer.next > next ? answer.next : undefined;
		}
		return { horizon, days };
	}

	#scope(from: number): DigestScope {
		return { from, without: this.#ignored };
	}

	async *#ownDays(from: number): AsyncGenerator<DayDigest> {
		for (let start: number | undefined = from; start !== undefined; ) {
			const { days, next } = await listDayDigests(this.db, this.options.user, this.#scope(start), LAST_DAY);
			yield* days;
			start = next === undefined ? undefined : next * DAY_MS;
		}
	}

	async #compareDay(
		day: number,
		from: number,
		target: PushTarget | undefined,
		setAside: ReadonlySet<string>,
	): Promise<void> {
		const sent: ChangedRow[] = [];
		for await (const row of readDay(this.db, this.options.user, day, this.#scope(from))) {
			if (setAside.has(row.key)) this.#result.setAside++;
			else if (row.change > (target?.acknowledged ?? 0)) this.#result.unsent++;
			else sent.push(row);
		}
		const difference: DayDifference = { day, missing: 0, less: 0, other: 0 };
		const there = await this.#findResponses(sent.map(({ key }) => key));
		for (const row of sent) {
			const agreement = compareRows(row, there.get(row.key));
			if (agreement === "other" && !this.#isWhole) this.#result.known++;
			else if (agreement !== "same") difference[agreement]++;
		}
		if (difference.missing + difference.less + difference.other > 0) {
			this.#result.differences.push(difference);
		}
	}

	async #findResponses(keys: readonly string[]): Promise<Map<string, DigestRow>> {
		const found = new Map<string, DigestRow>();
		for (let i = 0; i < keys.length; i += MOST_KEYS) {
			const some = keys.slice(i, i + MOST_KEYS);
			const rows = await this.#ask(() => this.options.server.findResponses(some));
			for (const row of rows) found.set(row.key, row);
		}
		return found;
	}

	/** Asks again after trouble that may pass. */
	async #ask<Body>(question: () => Promise<Answer<Body>>): Promise<Body> {
		for (;;) {
			const started = performance.now();
			const answer = await question();
			if (answer.kind === "ok") {
				this.#patience.reset();
				return answer.body;
			}
			const mayPass = answer.kind === "busy" || answer.kind === "cut";
			const wait = mayPass ? this.#patience.nextWait(performance.now() - started, answer.waitMs) : undefined;
			if (wait === undefined) throw errorOf(this.options.server, answer);
			await this.options.sleep(wait);
		}
	}
}

function errorOf({ address }: Server, { kind, why }: Trouble): AppError {
	const { host } = new URL(address);
	return kind === "refused_key"
		? new AppError(
				"no_key",
				`${host} does not accept the key (it ${why}).`,
				"Run promptpulse login with a good one.",
			)
		: new AppError(
				"server_unreachable",
				`The server ${host} ${why}: it was not compared.`,
				"Nothing was changed. Try again later.",
			);
}
