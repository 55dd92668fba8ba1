import { listKeys } from "../../../ledger/api-keys.ts";
import { findInstanceSettings } from "../../../ledger/instance-settings.ts";
import { listInvites } from "../../../ledger/invites.ts";
import { findUser } from "../../../ledger/users.ts";
import { listSessions } from "../../../ledger/web-sessions.ts";
import { findOwnPreferences } from "../../../reports/own-events.ts";
import { listOwnMachines, listOwnProjects } from "../../../reports/own-names.ts";
import { keptMonths } from "../../../usage/retention.ts";
import { iso } from "../list.ts";
import { exportKept } from "./kept-row.ts";
import type { ExportSource } from "./own-files.ts";

/** What a person settled, has and made, but for usage. Keys, cookies and codes are not kept, so they are not here either. */
export async function readSettings({ db, account, origin, now }: ExportSource) {
	const { user } = account;
	const [person, preferences, instance, machines, projects, keys, sessions, invites] = await Promise.all([
		findUser(db, user),
		findOwnPreferences(db, user),
		findInstanceSettings(db),
		listOwnMachines(db, user),
		listOwnProjects(db, user),
		listKeys(db, user),
		listSessions(db, user, now),
		listInvites(db),
	]);
	const rules = { usual: instance.retention, most: instance.retentionMost };
	const horizon = person?.horizon ?? 0;
	const choice = preferences.retention_months;
	const told = {
		exportedAt: iso(now),
		server: origin,
		account: {
			id: account.id,
			username: account.username,
			displayName: account.displayName,
			email: account.email,
			role: account.role,
			createdAt: iso(account.createdAt),
		},
		zone: person?.zone ?? null,
		retention: {
			keptMonths: keptMonths(typeof choice === "number" ? choice : null, rules),
			serverDefaultMonths: rules.usual,
			serverMostMonths: rules.most,
			keptSince: horizon > 0 ? iso(horizon) : null,
		},
		adminsSeeUsageSince: iso(instance.usageOpenedAt),
		preferences: exportKept(preferences),
		machines: machines.map(({ archivedAt, firstSeen, lastSeen, ...machine }) => ({
			...machine,
			archivedAt: iso(archivedAt),
			firstSeen: iso(firstSeen),
			lastSeen: iso(lastSeen),
		})),
		projects: projects.map(({ name, hiddenAt, ...project }) => ({
			name: name || null,
			...project,
			hiddenAt: iso(hiddenAt),
		})),
		keys: keys.map((key) => ({
			id: key.id,
			name: key.name,
			kind: key.kind,
			last4: key.last4,
			createdAt: iso(key.createdAt),
			expiresAt: iso(key.expiresAt),
			lastUsedAt: iso(key.lastUsedAt),
			revokedAt: iso(key.revokedAt),
		})),
		browsers: sessions.map((session) => ({
			id: session.id,
			agent: session.agent,
			key: session.key,
			createdAt: iso(session.createdAt),
			lastSeenAt: iso(session.seenAt),
		})),
		// Whom an invite brought is that person's own matter.
		invites: invites
			.filter(({ createdBy }) => createdBy === user)
			.map((invite) => ({
				id: invite.id,
				role: invite.role,
				createdAt: iso(invite.createdAt),
				expiresAt: iso(invite.expiresAt),
				usedAt: iso(invite.usedAt),
			})),
	};
	return { told, retention: { horizon } };
}
