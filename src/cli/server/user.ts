import { type Account, isEmail, isUsername, type Role } from "../../account/account.ts";
import { AppError } from "../../errors.ts";
import { findAccountByName, listAccounts, saveAccount, saveDisabled } from "../../ledger/accounts.ts";
import { revokeAllKeys, saveNewKey } from "../../ledger/api-keys.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database, Reader, Transaction } from "../../ledger/database.ts";
import { eraseAccount, finishErasure } from "../../ledger/erase.ts";
import { deleteInvitesBy, deleteSetupInvites } from "../../ledger/invites.ts";
import { deleteSessions } from "../../ledger/web-sessions.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { table } from "../screen/table.ts";
import { plain } from "../screen/terminal.ts";
import { type DatabaseFlag, withServerDatabase } from "./server-database.ts";

type Common = DatabaseFlag & { json?: boolean };

export type CreateFlags = Common & { role: Exclude<Role, "owner">; email?: string };

/** `promptpulse user create NAME`: an account and its first key, for who runs the server. The first one is the owner's. */
export async function createUser(context: Context, name: string, flags: CreateFlags): Promise<number> {
	const { email, role } = flags;
	if (!isUsername(name)) {
		throw new AppError(
			"usage",
			`${JSON.stringify(plain(name))} cannot be a user name.`,
			"Use at most 64 letters, digits, dots, dashes and underscores, a letter or digit first.",
		);
	}
	if (email !== undefined && !isEmail(email)) {
		throw new AppError(
			"usage",
			"What --email gives is not an e-mail address.",
			"Correct it or leave it out.",
		);
	}
	return withServerDatabase(context, flags, async (db) => {
		const made = await db.transaction(async (tx) => {
			const account = await saveAccount(tx, { username: name, email, role }, context.now());
			if (typeof account === "string") throw taken();
			await deleteSetupInvites(tx);
			await note(tx, context, account, "account.created");
			return { account, key: await newKey(tx, context, account) };
		});
		return tellKey(context, flags, made.account, made.key);
	});
}

/** `promptpulse user list`. */
export async function listUsers(context: Context, flags: Common): Promise<number> {
	const accounts = await withServerDatabase(context, flags, listAccounts);
	const { terminal } = context;
	if (flags.json) terminal.out(jsonText(accounts.map(accountJson)));
	else if (accounts.length === 0)
		terminal.err("Nobody has an account yet. promptpulse user create makes one.");
	else {
		terminal.out(
			table(
				terminal,
				[
					{ title: "User", cell: ({ username }) => plain(username), shortest: 12 },
					{ title: "Role", cell: ({ role }) => role },
					{ title: "E-mail", cell: ({ email }) => plain(email ?? ""), rank: 1, shortest: 16 },
					{ title: "Since", cell: ({ createdAt }) => iso(createdAt).slice(0, 10), rank: 2 },
					{ title: "", cell: ({ disabledAt }) => (disabledAt === null ? "" : "disabled") },
				],
				accounts,
			),
		);
	}
	return DONE;
}

export type DisableFlags = Common & { enable?: boolean };

/** `promptpulse user disable NAME`: ends all that someone may do, at once. `--enable` lets them in again. */
export async function disableUser(context: Context, name: string, flags: DisableFlags): Promise<number> {
	const { terminal, now } = context;
	const at = flags.enable ? null : now();
	const account = await withServerDatabase(context, flags, (db) =>
		db.transaction(async (tx) => {
			const known = await findUser(tx, name);
			if (known.role === "owner" && at !== null) {
				throw new AppError(
					"usage",
					`${known.username} is the owner, who cannot be disabled.`,
					"To shut out whoever has the owner's keys, run promptpulse user reset-key.",
				);
			}
			await saveDisabled(tx, known.user, at);
			if (at !== null) await deleteInvitesBy(tx, known.user);
			await note(tx, context, known, at === null ? "account.enabled" : "account.disabled");
			return { ...known, disabledAt: at };
		}),
	);
	if (flags.json) terminal.out(jsonText(accountJson(account)));
	else if (at === null) terminal.out(`${plain(account.username)} may log in again.`);
	else
		terminal.out(
			`${plain(account.username)} is disabled: keys and sessions open nothing any more. Usage is kept.`,
		);
	return DONE;
}

/** `promptpulse user reset-key NAME`: ends all of someone's keys, sessions and open invites, and makes one new key. */
export async function resetKey(context: Context, name: string, flags: Common): Promise<number> {
	return withServerDatabase(context, flags, async (db: Database) => {
		const { account, key } = await db.transaction(async (tx) => {
			const account = await findUser(tx, name);
			await revokeAllKeys(tx, account.user, context.now());
			await deleteSessions(tx, account.user);
			// Whoever had the keys could come back by an invite that they made with them.
			await deleteInvitesBy(tx, account.user);
			await note(tx, context, account, "keys.reset");
			return { account, key: await newKey(tx, context, account) };
		});
		return tellKey(context, flags, account, key);
	});
}

export type EraseFlags = Common & { yes?: boolean; heir?: string };

/** `promptpulse user erase NAME`: removes an account and all that is kept of it, for good. */
export async function eraseUser(context: Context, name: string, flags: EraseFlags): Promise<number> {
	if (!flags.yes) {
		throw new AppError(
			"usage",
			"An account and all of its usage are removed for good, and no copy is made before.",
			"Say that it is meant with --yes. To end what someone may do and keep the usage, run promptpulse user disable.",
		);
	}
	const account = await withServerDatabase(context, flags, async (db) => {
		const gone = await db.transaction(async (tx) => {
			const account = await findUser(tx, name);
			const heir = flags.heir === undefined ? undefined : await findUser(tx, flags.heir);
			if (heir && (heir.disabledAt !== null || heir.user === account.user)) throw noHeir(heir);
			const done = await eraseAccount(tx, account, { by: "operator", heir }, context.now());
			if (done === "owner") throw ownerStays(account);
			return account;
		});
		await finishErasure(db, { user: gone.user, account: gone.id, begunAt: context.now() });
		return gone;
	});
	const { terminal } = context;
	if (flags.json) terminal.out(jsonText({ id: account.id, username: account.username, erased: true }));
	else terminal.out(`${plain(account.username)} is erased: the account, its keys, and all of its usage.`);
	return DONE;
}

function ownerStays({ username }: Account): AppError {
	return new AppError(
		"usage",
		`${username} owns the server, and other people have accounts on it.`,
		"Name who owns it then with --heir, or erase the others first.",
	);
}

function noHeir({ username }: Account): AppError {
	return new AppError(
		"usage",
		`${username} cannot own the server then.`,
		"Name somebody else who has an account and is not disabled; promptpulse user list shows who there is.",
	);
}

async function findUser(db: Reader, name: string): Promise<Account> {
	const account = await findAccountByName(db, name);
	if (account) return account;
	throw new AppError(
		"usage",
		`Nobody is called ${JSON.stringify(plain(name))} here.`,
		"promptpulse user list shows who there is.",
	);
}

async function newKey(tx: Transaction, { now }: Context, { user }: Account): Promise<string> {
	const made = await saveNewKey(
		tx,
		user,
		{ kind: "full", name: "made by the operator", expiresAt: null },
		now(),
	);
	return made.text;
}

function note(
	tx: Transaction,
	{ now }: Context,
	{ user, role }: Account,
	action: "account.created" | "account.disabled" | "account.enabled" | "keys.reset",
): Promise<void> {
	return saveAudit(tx, { user, action, detail: { by: "operator", role } }, now());
}

function tellKey({ terminal }: Context, { json }: Common, account: Account, apiKey: string): number {
	const { id, username, role } = account;
	if (json) terminal.out(jsonText({ id, username, role, apiKey }));
	else {
		terminal.out(apiKey);
		terminal.err(`This is the API key of ${plain(username)} (${role}). It is shown this once: keep it now.`);
	}
	return DONE;
}

function taken(): AppError {
	return new AppError(
		"usage",
		"Somebody else is known on the server by this name, or by one that looks the same.",
		"Choose another one; promptpulse user list shows who there is.",
	);
}

function accountJson({ id, username, email, role, createdAt, disabledAt }: Account): object {
	return {
		id,
		username,
		email,
		role,
		createdAt: iso(createdAt),
		disabledAt: disabledAt === null ? null : iso(disabledAt),
	};
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
