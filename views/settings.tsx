import type { Role } from "../src/account/account.ts";
import type { ApiKey, KeyKind } from "../src/account/api-key.ts";
import type { ReportFrequency } from "../src/usage/report-times.ts";
import type { RetentionRules } from "../src/usage/retention.ts";
import { Layout, type Shell } from "./layout.tsx";
import type { AuditLine } from "./parts/audit-list.tsx";
import { CardList, MadeOnce } from "./parts/card-form.tsx";
import { dayOf, moment } from "./parts/days.ts";
import type { RefusedForm } from "./parts/refused-form.ts";
import { type Browser, BrowsersPanel } from "./settings/browsers-panel.tsx";
import { DaysPanel } from "./settings/days-panel.tsx";
import { KeysPanel } from "./settings/keys-panel.tsx";
import { LeaderboardPanel } from "./settings/leaderboard-panel.tsx";
import { PlanPanel } from "./settings/plan-panel.tsx";
import {
	AuditPanel,
	ErasePanel,
	ExportPanel,
	NamesPanel,
	PrivacyPanel,
	RetentionPanel,
} from "./settings/privacy-panels.tsx";
import { ProfilePanel } from "./settings/profile-panel.tsx";
import { type MailLine, ReportsPanel } from "./settings/reports-panel.tsx";

/** Forms that may be refused. */
export type SettingsFormName =
	| "name"
	| "email"
	| "zone"
	| "plan"
	| "reports"
	| "leaderboard"
	| "key"
	| "retention"
	| "erase";

/** What a person has settled, and what may be done in the name of the account. */
export type SettingsData = {
	username: string;
	displayName: string | null;
	role: Role;
	email: string | null;
	isEmailConfirmed: boolean;
	/** The day of the week on which the person's weeks begin; 0 is Monday. */
	weekStart: number;
	/** Whether the server sends mail. */
	sendsMail: boolean;
	reports: { every: ReportFrequency | null; minute: number; nextAt: number | null };
	mails: readonly MailLine[];
	/** What the person pays for; a price in cents with a plan that is not listed. */
	plan: { plan: string | null; planCents: number | null };
	/** Those that may be used. */
	keys: readonly ApiKey[];
	/** Kinds that may be made now; none where the log-in was too long ago. */
	kinds: readonly KeyKind[];
	/** A key that was just made: its text is shown this once. */
	madeKey?: { name: string; text: string } | undefined;
	browsers: readonly Browser[];
	/** Whether there is a leaderboard, and what the person settled about it. Times are epoch ms. */
	board: { isOn: boolean; joinedAt: number | null; name: string | null; excludedAt: number | null };
	/** In months; null is for good. */
	retention: { rules: RetentionRules; kept: number | null; isChosen: boolean };
	audit: readonly AuditLine[];
	/** Since when (epoch ms) admins see the person's sessions and project names; null where they do not. */
	usageOpenedAt: number | null;
	/** Whether the log-in is so short ago that the account may be erased. */
	canErase: boolean;
};

export type SettingsProps = {
	shell: Shell;
	data: SettingsData;
	refused?: RefusedForm<SettingsFormName> | undefined;
};

/** What each panel needs: a form's field as it was sent or as it stands. */
export type PanelProps = SettingsProps & { timeOf: (at: number) => string };

const CARDS = [
	["profile", "Profile"],
	["days", "Days"],
	["plan", "Plan"],
	["reports", "Reports by mail"],
	["leaderboard", "Leaderboard"],
	["names", "Machines and projects"],
	["keys", "API keys"],
	["browsers", "Browsers"],
	["privacy", "Privacy"],
	["retention", "Retention"],
	["audit", "Audit log"],
	["export", "Your data"],
	["erase", "Erase the account"],
] as const;

/** Everything that a person settles for themselves. */
export function SettingsPage(props: SettingsProps) {
	const { shell, refused } = props;
	const today = dayOf(shell.now, shell.zone);
	const panel = { ...props, timeOf: (at: number) => moment(at, shell.zone, today) };
	const { sendsMail, board, madeKey } = props.data;
	const hasBoard = board.isOn || board.joinedAt !== null;
	return (
		<Layout
			shell={shell}
			title={refused ? `Not saved: ${shell.title}` : shell.title}
			summary="Settings."
			silent={false}
			hrefOf={(path) => path}
			next="/settings"
		>
			<header class="page-head">
				<h1 safe>{shell.title}</h1>
			</header>
			{madeKey === undefined ? null : (
				<MadeOnce
					text={`The key ${madeKey.name} was made. It is shown this once: copy it now.`}
					secret={madeKey.text}
				/>
			)}
			<div class="settings-page">
				<CardList
					cards={CARDS.filter(
						([id]) => (id !== "reports" || sendsMail) && (id !== "leaderboard" || hasBoard),
					)}
				/>
				<div class="settings">
					<ProfilePanel {...panel} />
					<DaysPanel {...panel} />
					<PlanPanel {...panel} />
					<ReportsPanel {...panel} />
					{hasBoard ? <LeaderboardPanel {...panel} /> : null}
					<NamesPanel />
					<KeysPanel {...panel} />
					<BrowsersPanel {...panel} />
					<PrivacyPanel {...panel} />
					<RetentionPanel {...panel} />
					<AuditPanel {...panel} />
					<ExportPanel />
					<ErasePanel {...panel} />
				</div>
			</div>
		</Layout>
	);
}
