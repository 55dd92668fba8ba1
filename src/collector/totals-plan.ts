import type { Machine } from "../account/machine.ts";
import { listCountedParts } from "../ledger/counted-parts.ts";
import type { Reader } from "../ledger/database.ts";
import { labelOf } from "../ledger/machines.ts";
import type { PushTarget } from "../ledger/push-targets.ts";
import {
	findSentZone,
	findTotalsBasis,
	findTotalsDone,
	listLabels,
	listSentLabels,
	listSentTotals,
	type SentRow,
} from "../ledger/sent-totals.ts";
import type { LedgerUser } from "../ledger/users.ts";
import { ZoneClock } from "../usage/day.ts";
import type { TotalKind } from "../usage/granularity.ts";
import { type Privacy, veilProject } from "../usage/privacy.ts";
import { type SentTotal, TotalCounter } from "../usage/sent-total.ts";
import { findHeldBack } from "./held-back.ts";

export type TotalsOptions = {
	user: LedgerUser;
	/** The machine as it is now, if that is known; other ones come as the ledger knows them. */
	machine?: Machine | undefined;
	kind: TotalKind;
	privacy: Privacy;
	/** Older responses are in no total, epoch ms. */
	since?: number | undefined;
};

/** A total that is to be sent, and a digest of what it tells. */
export type DueTotal = SentTotal & { digest: string };

/** What there is to be sent to an account. */
export type TotalsPlan = {
	/** How many totals there are. */
	found: number;
	/** Those that it does not have as they are now. */
	due: DueTotal[];
	/** What machines are called in them, by their numbers, and the zone of their days, where they are made here. */
	names?: { labels: ReadonlyMap<number, string>; zone: string };
	/** Change number up to which everything is in them, and a digest of all that they were made from, if one is noted. */
	done?: { to: number; state: string };
};

/**
 * Adds up a ledger's totals and compares them with those that an account has. Where nothing that they are made from has
 * changed since it had all of them, they are not added up.
 *
 * @param target undefined where nothing was ever sent
 * @param anew whether all are to be sent once more
 * @returns undefined where the account has everything
 */
export async function planTotals(
	db: Reader,
	options: TotalsOptions,
	target: PushTarget | undefined,
	anew: boolean,
): Promise<TotalsPlan | undefined> {
	const { user, kind, privacy, since } = options;
	const machines = await findMachines(db, options, target);
	const labels = new Map([...machines].map(([id, { label }]) => [id, label]));
	// On other days than before, responses would count on both.
	const zone = (target && (await findSentZone(db, target.id))) ?? user.zone;
	const heldBack = await findHeldBack(db, user.id, privacy, since);
	const { change, basis } = await findTotalsBasis(db, user.id);
	const state = digestOf(JSON.stringify([kind, basis, zone, [...labels], heldBack]));
	const done = target && !anew ? await findTotalsDone(db, target.id) : undefined;
	if (done?.state === state) return undefined;
	const veil = (project: string) => veilProject(project === "" ? undefined : project, privacy);
	const counter = new TotalCounter(kind, { clock: new ZoneClock(zone), veil });
	for await (const part of listCountedParts(db, user.id, heldBack, machines)) counter.add(part);
	const totals = counter.finish();
	const sent = target && !anew ? await listSentTotals(db, target.id, kind) : [];
	const due = dueOf(
		totals.map((total) => ({ ...total, digest: digestOf(total.told) })),
		sent,
	);
	return { found: totals.length, due, names: { labels, zone }, done: { to: change, state } };
}

/** Those that were not sent as they are. */
export function dueOf(totals: readonly DueTotal[], sent: readonly SentRow[]): DueTotal[] {
	const digests = new Map(sent.map(({ label, name, digest }) => [JSON.stringify([label, name]), digest]));
	return totals.filter(({ label, name, digest }) => digests.get(JSON.stringify([label, name])) !== digest);
}

/** A machine keeps the name that it had when totals were first sent: under another one they would count twice. */
async function findMachines(
	db: Reader,
	{ user, machine }: TotalsOptions,
	target: PushTarget | undefined,
): Promise<Map<number, { uuid: string; label: string }>> {
	const sent = target ? await listSentLabels(db, target.id) : new Map<number, string>();
	const known = await listLabels(db, user.id);
	return new Map(
		known.map(({ id, uuid, label }) => {
			const now = uuid === machine?.uuid ? labelOf(machine) : label;
			return [id, { uuid, label: sent.get(id) ?? now }];
		}),
	);
}

export function digestOf(text: string): string {
	return new Bun.CryptoHasher("sha256").update(text).digest().toString("base64url", 0, 12);
}

/** So many totals go at once, and so many bytes of them: proxies are content with a small body. */
const MOST_TOTALS = 500;
const MOST_BYTES = 256 * 1024;

/** Totals in lots that may go at once. One that is too large by itself goes alone. */
export function lotsOf(totals: readonly DueTotal[]): DueTotal[][] {
	const lots: DueTotal[][] = [];
	let bytes = 0;
	for (const total of totals) {
		const size = Buffer.byteLength(JSON.stringify(total.record)) + 1;
		const lot = lots.at(-1);
		if (lot && lot.length < MOST_TOTALS && bytes + size <= MOST_BYTES) {
			lot.push(total);
			bytes += size;
		} else {
			lots.push([total]);
			bytes = size;
		}
	}
	return lots;
}

/** What travels of totals. */
export function bodyOf(totals: readonly SentTotal[]): string {
	return JSON.stringify({ records: totals.map(({ record }) => record) });
}
