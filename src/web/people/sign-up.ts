import type { Account } from "../../account/account.ts";
import { countAccounts, saveAccount, settleZone } from "../../ledger/accounts.ts";
import { saveNewKey } from "../../ledger/api-keys.ts";
import { noteAttempt } from "../../ledger/attempts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Reader, Transaction } from "../../ledger/database.ts";
import { deleteSetupInvites, findUsableInvite, type Invite, useInvite } from "../../ledger/invites.ts";
import { type Problem, ProblemError, TOO_MANY } from "../errors.ts";
import { placeOf } from "../gates/proxies.ts";
import { refuseWrong } from "../gates/tries.ts";
import type { Ask } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import type { Registration } from "./registration.ts";

/** Who wants an account. `zone`: of the machine or browser; one that is not known is passed over. */
export type NewPerson = {
	username: string;
	email?: string | null | undefined;
	invite?: string | null | undefined;
	zone?: string | null | undefined;
};

/** An account that was just made. `key`: the text of its first key, which is not kept. */
export type SignedUp = { account: Account; key: string };

/**
 * Makes an account and its first key.
 *
 * @param refusal what is told to who may have no account, with a wrong invite or without one
 * @param also done in the same transaction
 * @throws ProblemError
 */
export async function signUp<Result>(
	{ db, registration, limits }: Pick<ServerOptions, "db" | "registration" | "limits">,
	person: NewPerson,
	ask: Pick<Ask, "address" | "now">,
	refusal: Problem,
	also: (tx: Transaction, account: Account) => Promise<Result>,
): Promise<SignedUp & { also: Result }> {
	const { address, now } = ask;
	const waitMs = await noteAttempt(db, `sign-up ${placeOf(address)}`, limits.signUps, now);
	if (waitMs !== undefined) throw new ProblemError({ ...TOO_MANY, waitMs });
	if (person.invite && !(await findOpenInvite(db, registration, person.invite, now))) {
		await refuseWrong(db, "invite", ask, refusal);
	}
	return db.transaction(async (tx) => {
		const signedUp = await makeAccount(tx, registration, person, ask, refusal);
		return { ...signedUp, also: await also(tx, signedUp.account) };
	});
}

/**
 * The invite of a code, where it lets somebody in: an owner's while nobody is there, others when somebody is, as long as the
 * server takes people.
 */
export async function findOpenInvite(
	db: Reader,
	registration: Registration,
	code: string,
	now: number,
): Promise<Invite | undefined> {
	const invite = await findUsableInvite(db, code, now);
	if (!invite) return undefined;
	// Whoever comes first owns the server, which is more than an invite of a member or an admin is for.
	if ((await countAccounts(db)) === 0) return invite.role === "owner" ? invite : undefined;
	return invite.role === "owner" || registration === "closed" ? undefined : invite;
}

async function makeAccount(
	tx: Transaction,
	registration: Registration,
	{ username, email, invite: code, zone }: NewPerson,
	{ address, now }: Pick<Ask, "address" | "now">,
	refusal: Problem,
): Promise<SignedUp> {
	const invite = code ? await findOpenInvite(tx, registration, code, now) : undefined;
	// Whoever came first would own the server, if it took anyone while it has no owner.
	const isOpen = !code && registration === "open" && (await countAccounts(tx)) > 0;
	if (!invite && !isOpen) throw new ProblemError(refusal);
	const role = invite?.role ?? "member";
	const account = await saveAccount(tx, { username, email: email ?? undefined, role }, now);
	if (typeof account === "string") throw new ProblemError(NAME_TAKEN);
	const { user } = account;
	await settleZone(tx, user, zone, now);
	if (invite) {
		await useInvite(tx, invite.id, user, now);
		await saveAudit(tx, { user, action: "invite.used", detail: { invite: invite.id }, address }, now);
	}
	if (account.role === "owner") await deleteSetupInvites(tx);
	const { text, key } = await saveNewKey(tx, user, { kind: "full", name: "first key", expiresAt: null }, now);
	const detail = { role: account.role, key: key.id };
	await saveAudit(tx, { user, action: "account.created", detail, address }, now);
	return { account, key: text };
}

export const NAME_TAKEN: Problem = {
	status: 409,
	code: "username_taken",
	title: "This name is taken",
	sentence: "Somebody else is known here by this name, or by one that looks the same.",
	hint: "Choose another one.",
};
