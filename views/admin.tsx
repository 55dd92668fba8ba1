import type { Role } from "../src/account/account.ts";
import type { PersonTotals } from "../src/reports/people-totals.ts";
import { type PeopleQuery, peopleHref } from "../src/usage/people-query.ts";
import type { RetentionRules } from "../src/usage/retention.ts";
import { type Invitation, InvitesPanel } from "./admin/invites-panel.tsx";
import { PeoplePanel } from "./admin/people-panel.tsx";
import { BoardPanel, RetentionPanel, ServerPanel, UsagePanel } from "./admin/server-panels.tsx";
import { Layout, type Shell } from "./layout.tsx";
import { type AuditLine, AuditList } from "./parts/audit-list.tsx";
import { CardList, FormCard, MadeOnce } from "./parts/card-form.tsx";
import { dayOf, moment } from "./parts/days.ts";
import type { RefusedForm } from "./parts/refused-form.ts";
import { counted } from "./parts/words.ts";

/** Somebody with an account, as admins see one. Times are epoch ms. */
export type AdminPerson = PersonTotals & {
	id: string;
	username: string;
	displayName: string | null;
	email: string | null;
	isEmailConfirmed: boolean;
	role: Role;
	createdAt: number;
	disabledAt: number | null;
	seenAt: number | null;
	isSelf: boolean;
	/** In the leaderboard, where an admin may have left the person out. */
	takesPart: boolean;
	excludedAt: number | null;
	/** What the admin who looks may do about the person. */
	mayDisable: boolean;
	mayChangeRole: boolean;
};

/** Forms that may be refused. */
export type AdminFormName = "invite" | "retention";

/** What is shown once: the link of an invite that was just made. */
export type AdminMore = { madeInvite?: { url: string; role: string; expiresAt: number } };

/** What admins see of a server. */
export type AdminData = AdminMore & {
	query: PeopleQuery;
	/** Those that are listed, how many were found, and how many there are. */
	people: readonly AdminPerson[];
	found: number;
	all: number;
	/** Whether the owner looks. */
	isOwner: boolean;
	/** Those that may still be used. */
	invites: readonly Invitation[];
	registration: "closed" | "invite" | "open";
	hasBoard: boolean;
	/** Since when admins see everyone's sessions and project names; null where they do not. */
	usageOpenedAt: number | null;
	/** Whether retention waits, because the clock is far ahead of its last run, and when that was. */
	clockAheadOf: number | null;
	rules: RetentionRules;
	/** Mails that wait, and that were given up in the last week; undefined where no mail is sent. */
	mails: { waiting: number; failed: number } | undefined;
	/** The last step of the ledger's schema. */
	schema: string;
	/** `room`: what of the disk is free, in bytes, and `backupAt`: when it was last copied (epoch ms), where that is known. */
	database: {
		answers: boolean;
		hasRoom: boolean;
		tookMs: number;
		isFile: boolean;
		room: { free: number; size: number } | undefined;
		backupAt: number | undefined;
	};
	audit: readonly AuditLine[];
};

export type AdminProps = {
	shell: Shell;
	data: AdminData;
	refused?: RefusedForm<AdminFormName> | undefined;
};

/** What each panel needs. */
export type AdminPanelProps = AdminProps & { timeOf: (at: number) => string; dateOf: (at: number) => string };

const CARDS = [
	["people", "People"],
	["invites", "Invites"],
	["leaderboard", "Leaderboard"],
	["usage", "What admins see"],
	["retention", "Retention"],
	["server", "Server"],
	["audit", "Audit log"],
] as const;

/** The people of a server, who may come, and how the server is. */
export function AdminPage(props: AdminProps) {
	const { shell, data, refused } = props;
	const { madeInvite } = data;
	const today = dayOf(shell.now, shell.zone);
	const timeOf = (at: number) => moment(at, shell.zone, today);
	const panel = { ...props, timeOf, dateOf: (at: number) => dateText(at, shell.zone) };
	return (
		<Layout
			shell={shell}
			current="admin"
			title={refused ? `Not saved: ${shell.title}` : shell.title}
			summary={`Admin: ${counted(data.all, "person", "people")}.`}
			silent={false}
			hrefOf={(path) => path}
			next={peopleHref(data.query)}
		>
			<header class="page-head">
				<h1 safe>{shell.title}</h1>
				<p class="fresh">
					<span class="fresh-part" safe>
						{shell.account?.server ?? ""}
					</span>
				</p>
			</header>
			{madeInvite === undefined ? null : (
				<MadeOnce
					text={`An invite for a new ${madeInvite.role}, good once and until ${timeOf(madeInvite.expiresAt)}. The link is shown this once: copy it now.`}
					secret={madeInvite.url}
				/>
			)}
			<div class="admin">
				<CardList cards={CARDS} />
				<PeoplePanel {...panel} />
				<div class="admin-cards">
					<div class="admin-column">
						<InvitesPanel {...panel} />
						<BoardPanel {...panel} />
						<UsagePanel {...panel} />
					</div>
					<div class="admin-column">
						<RetentionPanel {...panel} />
						<ServerPanel {...panel} />
					</div>
				</div>
				<FormCard id="audit" title="Audit log" sub="the newest first">
					<AuditList lines={data.audit} all="/api/admin/audit" timeOf={timeOf} />
				</FormCard>
			</div>
		</Layout>
	);
}

const DATES = new Map<string, Intl.DateTimeFormat>();

/** `24 Nov 2026` */
function dateText(at: number, zone: string): string {
	let format = DATES.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat("en-GB", {
			timeZone: zone,
			day: "numeric",
			month: "short",
			year: "numeric",
		});
		DATES.set(zone, format);
	}
	return format.format(at);
}
