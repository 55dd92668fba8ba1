import type { Machine } from "../account/machine.ts";
import type { Reader } from "../ledger/database.ts";
import { findAccount, findTarget, type PushTarget } from "../ledger/push-targets.ts";
import { listUnsent } from "../ledger/unsent.ts";
import { type Privacy, veilEvent } from "../usage/privacy.ts";
import { MOST_EVENTS, type Upload } from "../usage/upload.ts";
import { findHeldBack } from "./held-back.ts";
import { packEvents, uploadOf } from "./pack.ts";
import { halvesOf, PushQueue } from "./push-queue.ts";
import { Senders } from "./senders.ts";
import { keyDigestOf, type ServerAccess } from "./server.ts";

/** To whom it would be sent. */
export type TargetHint = {
	/** Undefined where nobody is logged in: then everything would be sent. */
	access?: ServerAccess | undefined;
	/** The account's id, if it is known. */
	account?: string | undefined;
};

export type PreviewOptions = TargetHint & {
	/** Number of the user in the ledger. */
	user: number;
	/** The machine as it is now, if that is known; other ones come as the ledger knows them. */
	machine?: Machine | undefined;
	privacy: Privacy;
	/** Older responses stay, epoch ms. */
	since?: number | undefined;
	resend?: boolean | undefined;
};

/** What a push would send if it began now and all went well, upload by upload. Nothing is sent and nothing is noted. */
export async function* previewUploads(db: Reader, options: PreviewOptions): AsyncGenerator<Upload> {
	const { user, machine, privacy, since } = options;
	const heldBack = await findHeldBack(db, user, privacy, since);
	const queue = new PushQueue(await acknowledgedOf(db, options));
	const senders = new Senders(db, user, machine);
	for (;;) {
		if (queue.isEmpty) queue.add(await listUnsent(db, user, queue.readTo, MOST_EVENTS, heldBack));
		const rows = queue.take(MOST_EVENTS);
		if (rows.length === 0) return;
		const sender = await senders.findSender(rows);
		const events = rows.map(({ event }) => veilEvent(event, privacy));
		if (packEvents(sender, events)) yield uploadOf(sender, events);
		// One that is too large by itself is set aside, and does not go.
		else if (rows.length > 1) queue.putBack(...halvesOf(rows));
	}
}

async function acknowledgedOf(
	db: Reader,
	{ user, since = 0, resend, ...hint }: PreviewOptions,
): Promise<number> {
	const target = resend ? undefined : await findKnownTarget(db, user, hint);
	return !target || target.since > since ? 0 : target.acknowledged;
}

export async function findKnownTarget(
	db: Reader,
	user: number,
	{ access, account }: TargetHint,
): Promise<PushTarget | undefined> {
	if (!access) return undefined;
	const byKey = await findTarget(db, user, access.address, keyDigestOf(access.key));
	return byKey ?? (account === undefined ? undefined : findAccount(db, user, access.address, account));
}
