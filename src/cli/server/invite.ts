import type { Role } from "../../account/account.ts";
import { AppError } from "../../errors.ts";
import { countAccounts } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { listInvites as findInvites, type Invite, saveNewInvite } from "../../ledger/invites.ts";
import { HOUR_MS } from "../../usage/day.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { moment } from "../screen/format.ts";
import { table } from "../screen/table.ts";
import { type DatabaseFlag, withServerDatabase } from "./server-database.ts";

export type InviteFlags = DatabaseFlag & { json?: boolean };

export type NewInviteFlags = InviteFlags & { role: Exclude<Role, "owner">; hours: string };

const MOST_HOURS = 720;

/** `promptpulse invite create`: a code with which one person makes one account. */
export async function createInvite(context: Context, flags: NewInviteFlags): Promise<number> {
	const { terminal, config, now } = context;
	const expiresAt = now() + readHours(flags.hours) * HOUR_MS;
	const { code, invite, hasOwner } = await withServerDatabase(context, flags, (db) =>
		db.transaction(async (tx) => {
			const made = await saveNewInvite(tx, { role: flags.role, createdBy: null, expiresAt }, now());
			const detail = { by: "operator", invite: made.invite.id, role: flags.role };
			await saveAudit(tx, { action: "invite.created", detail }, now());
			return { ...made, hasOwner: (await countAccounts(tx)) > 0 };
		}),
	);
	const url = config.publicUrl && `${config.publicUrl.replace(/\/+$/, "")}/join/${code}`;
	if (flags.json) terminal.out(jsonText({ code, url: url ?? null, ...inviteJson(invite) }));
	else {
		terminal.out(url ?? code);
		terminal.err(
			`This lets one person in as ${invite.role}, until ${moment(expiresAt, config.zone)} (${config.zone}).`,
		);
		terminal.err(
			url
				? "Send it to whom it is for, who opens it in a browser."
				: "Send it to whom it is for, who runs promptpulse login --server ADDRESS --invite CODE, or opens /join/CODE.",
		);
		if (!hasOwner) {
			terminal.err(
				"It opens nothing before the server has its owner: open the link that promptpulse serve prints, or run promptpulse user create.",
			);
		}
	}
	return DONE;
}

/** `promptpulse invite list`. */
export async function listInvites(context: Context, flags: InviteFlags): Promise<number> {
	const { terminal, config, now } = context;
	const invites = await withServerDatabase(context, flags, findInvites);
	if (flags.json) terminal.out(jsonText(invites.map(inviteJson)));
	else if (invites.length === 0) terminal.err("There is no invite. promptpulse invite create makes one.");
	else {
		terminal.out(
			table(
				terminal,
				[
					{ title: "Invite", cell: ({ id }) => id, rank: 2 },
					{ title: "Role", cell: ({ role }) => role },
					{ title: "Until", cell: ({ expiresAt }) => moment(expiresAt, config.zone), rank: 1 },
					{ title: "", cell: (invite) => stateOf(invite, now()) },
				],
				invites,
			),
		);
	}
	return DONE;
}

function readHours(text: string): number {
	const hours = Number(text);
	if (/^\d{1,3}$/.test(text) && hours >= 1 && hours <= MOST_HOURS) return hours;
	throw new AppError(
		"usage",
		`--hours ${JSON.stringify(text)} is no number of hours.`,
		`Give a whole number from 1 to ${MOST_HOURS}.`,
	);
}

function stateOf({ usedAt, expiresAt }: Invite, now: number): string {
	if (usedAt !== null) return "used";
	return expiresAt <= now ? "expired" : "open";
}

function inviteJson({ id, role, createdAt, expiresAt, usedAt }: Invite): object {
	const iso = (at: number) => new Date(at).toISOString();
	return {
		id,
		role,
		createdAt: iso(createdAt),
		expiresAt: iso(expiresAt),
		usedAt: usedAt === null ? null : iso(usedAt),
	};
}
