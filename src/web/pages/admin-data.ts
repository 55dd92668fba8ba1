import type { AdminData, AdminPerson } from "../../../views/admin.tsx";
import type { Account } from "../../account/account.ts";
import { listAccounts } from "../../ledger/accounts.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { listInvites } from "../../ledger/invites.ts";
import { countMails } from "../../ledger/mails.ts";
import { findBackupTime, findSchema } from "../../ledger/settings.ts";
import { listAudit } from "../../reports/audit.ts";
import { type BoardPerson, listBoardPeople } from "../../reports/board-people.ts";
import { listConfirmedEmails } from "../../reports/confirmed-emails.ts";
import { listLastSeen } from "../../reports/last-seen.ts";
import { listPeopleTotals, NO_TOTALS } from "../../reports/people-totals.ts";
import { utcDay } from "../../usage/day.ts";
import type { PeopleQuery, PeopleSort } from "../../usage/people-query.ts";
import { isClockAhead } from "../../usage/retention.ts";
import { inOrder } from "../../usage/sorting.ts";
import type { Exact } from "../../usage/usage.ts";
import { auditWords } from "../people/audit-words.ts";
import { mayChange } from "../people/people.ts";
import type { ServerOptions } from "../server.ts";

/** How many of the last entries of the audit log, and how many people, are listed. */
const ENTRIES = 20;
const PEOPLE = 500;
/** Mails that were given up are told for so long, in ms. */
const MAILS_MS = 7 * 86_400_000;

/** Reads what the admins' page shows. */
export async function readAdmin(
	{ db, registration, mailing, health }: ServerOptions,
	admin: Account,
	query: PeopleQuery,
	now: number,
): Promise<AdminData> {
	const [
		accounts,
		confirmed,
		seen,
		totals,
		takers,
		invites,
		settings,
		mails,
		schema,
		backupAt,
		audit,
		...looks
	] = await Promise.all([
		listAccounts(db),
		listConfirmedEmails(db),
		listLastSeen(db),
		listPeopleTotals(db, utcDay(now)),
		listBoardPeople(db),
		listInvites(db),
		findInstanceSettings(db),
		countMails(db, now - MAILS_MS),
		findSchema(db),
		findBackupTime(db),
		listAudit(db, { limit: ENTRIES }),
		health.look(),
		health.measureRoom(),
	]);
	const [database, room] = looks;
	const board = new Map(takers.map((taker) => [taker.user, taker]));
	const meant = accounts
		.filter((account) => [account.username, account.displayName, account.email].some(isMeantBy(query)))
		.map((account) => personOf(account, admin, { confirmed, seen, totals, board }));
	const found = inOrder(meant, query, VALUES, byName);
	const names = new Map(accounts.map(({ user, username }) => [user, username]));
	const byId = new Map(accounts.map(({ id, username }) => [id, username]));
	return {
		query,
		people: found.slice(0, PEOPLE),
		found: found.length,
		all: accounts.length,
		isOwner: admin.role === "owner",
		invites: invites
			.filter(({ usedAt, expiresAt }) => usedAt === null && expiresAt > now)
			.map(({ id, role, createdBy, expiresAt }) => ({
				id,
				role,
				by: createdBy === null ? null : (names.get(createdBy) ?? null),
				expiresAt,
			})),
		registration,
		hasBoard: settings.leaderboard,
		usageOpenedAt: settings.usageOpenedAt,
		clockAheadOf: isClockAhead(now, settings.retainedAt) ? settings.retainedAt : null,
		rules: { usual: settings.retention, most: settings.retentionMost },
		mails: mailing && mails,
		schema: schema?.name.replace(/\.sql$/, "") ?? "none",
		database: { ...database, isFile: health.folder !== undefined, room, backupAt },
		audit: audit.map((row) => ({
			at: row.at,
			who: row.username,
			words: auditWords(row, (id) => otherThan(row.username, byId.get(id))),
			address: row.address,
		})),
	};
}

function personOf(
	account: Account,
	admin: Account,
	known: {
		confirmed: ReadonlySet<number>;
		seen: Awaited<ReturnType<typeof listLastSeen>>;
		totals: Awaited<ReturnType<typeof listPeopleTotals>>;
		board: ReadonlyMap<number, BoardPerson>;
	},
): AdminPerson {
	const { id, user, username, displayName, email, role, createdAt, disabledAt } = account;
	const taker = known.board.get(user);
	return {
		id,
		username,
		displayName,
		email,
		isEmailConfirmed: known.confirmed.has(user),
		role,
		createdAt,
		disabledAt,
		seenAt: known.seen.get(user) ?? null,
		isSelf: id === admin.id,
		...(known.totals.get(user) ?? NO_TOTALS),
		takesPart: taker !== undefined && taker.joinedAt !== null,
		excludedAt: taker?.excludedAt ?? null,
		mayDisable: mayChange(admin, account, { disabled: true }),
		mayChangeRole: mayChange(admin, account, { role: role === "admin" ? "member" : "admin" }),
	};
}

/** Who did something is told where it is another than whom it is about. */
function otherThan(about: string | null, name: string | undefined): string | undefined {
	return name === about ? undefined : name;
}

function isMeantBy({ q }: PeopleQuery): (text: string | null) => boolean {
	return (text) => (text ?? "").toLowerCase().includes(q.toLowerCase());
}

const VALUES: Record<PeopleSort, (person: AdminPerson) => Exact | string> = {
	cost: ({ lately }) => lately.costNanoUsd,
	total: ({ ever }) => ever.costNanoUsd,
	name: ({ username }) => username.toLowerCase(),
	since: ({ createdAt }) => createdAt,
	seen: ({ seenAt }) => seenAt ?? 0,
};

/** No two have the same name. */
function byName(a: AdminPerson, b: AdminPerson): number {
	return a.username.toLowerCase() < b.username.toLowerCase() ? -1 : 1;
}
