import type { Role } from "../account/account.ts";
import { digestOf, randomBase62 } from "../account/secret.ts";
import type { Reader, Transaction } from "./database.ts";

/** An invite as it is kept: its code is not. Times are epoch ms. */
export type Invite = {
	id: string;
	role: Role;
	/** Number of the person who made it; null for the operator. */
	createdBy: number | null;
	createdAt: number;
	expiresAt: number;
	usedAt: number | null;
	usedBy: number | null;
};

export type NewInvite = { role: Role; createdBy: number | null; expiresAt: number };

const CODE_LENGTH = 24;
const CODE = /^[0-9A-Za-z]{24}$/;

const COLUMNS = `
	id, role, created_by as createdBy, created_at as createdAt, expires_at as expiresAt,
	used_at as usedAt, used_by as usedBy`;

/** Makes an invite. Its code is given out this once and not kept. */
export async function saveNewInvite(
	tx: Transaction,
	{ role, createdBy, expiresAt }: NewInvite,
	now: number,
): Promise<{ code: string; invite: Invite }> {
	const code = randomBase62(CODE_LENGTH);
	const id = Bun.randomUUIDv7();
	await tx.run(
		`insert into invites (id, digest, role, created_by, created_at, expires_at)
		values (?, ?, ?, ?, ?, ?)`,
		[id, digestOf(code), role, createdBy, now, expiresAt],
	);
	return {
		code,
		invite: { id, role, createdBy, createdAt: now, expiresAt, usedAt: null, usedBy: null },
	};
}

/** The invite of a code that is still good: once, until it expires. */
export async function findUsableInvite(db: Reader, code: string, now: number): Promise<Invite | undefined> {
	if (!CODE.test(code)) return undefined;
	return db.get<Invite>(
		`select ${COLUMNS} from invites where digest = ? and used_at is null and expires_at > ?`,
		[digestOf(code), now],
	);
}

export async function useInvite(tx: Transaction, id: string, user: number, now: number): Promise<void> {
	await tx.run("update invites set used_at = ?, used_by = ? where id = ?", [now, user, id]);
}

/** All invites, the newest first. */
export async function listInvites(db: Reader): Promise<Invite[]> {
	return db.all<Invite>(`select ${COLUMNS} from invites order by created_at desc, id desc`);
}

/** @returns whether there was one that was not used */
export async function deleteInvite(tx: Transaction, id: string): Promise<boolean> {
	return (await tx.run("delete from invites where id = ? and used_at is null", [id])) > 0;
}

/** What a person invited to goes when the person may invite no more. */
export async function deleteInvitesBy(tx: Transaction, user: number): Promise<void> {
	await tx.run("delete from invites where created_by = ? and used_at is null", [user]);
}

/** An owner's invites go when there is an owner. */
export async function deleteSetupInvites(tx: Transaction): Promise<void> {
	await tx.run("delete from invites where role = 'owner' and used_at is null");
}

/** Those go too that nobody used in time; others may have been printed by another server of this ledger. */
export async function deleteExpiredSetupInvites(tx: Transaction, now: number): Promise<void> {
	await tx.run("delete from invites where role = 'owner' and used_at is null and expires_at <= ?", [now]);
}
