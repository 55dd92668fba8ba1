import type { Role } from "../src/account/account.ts";
import type { ApiKey, KeyKind } from "../src/account/api-key.ts";
import type { ReportFrequency } from "../src/usage/report-times.ts";
import { Layout, type Shell } from "./layout.tsx";
import { dayOf, moment } from "./parts/days.ts";
import { type Browser, BrowsersPanel } from "./settings/browsers-panel.tsx";
import { DaysPanel } from "./settings/days-panel.tsx";
import { KeysPanel } from "./settings/keys-panel.tsx";
import { PlanPanel } from "./settings/plan-panel.tsx";
import { ProfilePanel } from "./settings/profile-panel.tsx";
import { type MailLine, ReportsPanel } from "./settings/reports-panel.tsx";

/** What a form was sent with, where it was refused: field by field, and what is wrong with them as sentences. */
export type RefusedForm = {
	form: "email" | "zone" | "plan" | "reports" | "key";
	values: Readonly<Record<string, string>>;
	wrong: Readonly<Record<string, string>>;
};

/** What a person has settled, and what may be done in the name of the account. */
export type SettingsData = {
	username: string;
	role: Role;
	email: string | null;
	isEmailConfirmed: boolean;
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
};

export type SettingsProps = { shell: Shell; data: SettingsData; refused?: RefusedForm | undefined };

/** What each panel needs: a form's field as it was sent or as it stands. */
export type PanelProps = SettingsProps & { timeOf: (at: number) => string };

/** Everything that a person settles for themselves. */
export function SettingsPage(props: SettingsProps) {
	const { shell, refused } = props;
	const today = dayOf(shell.now, shell.zone);
	const panel = { ...props, timeOf: (at: number) => moment(at, shell.zone, today) };
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
			<div class="settings">
				<ProfilePanel {...panel} />
				<DaysPanel {...panel} />
				<PlanPanel {...panel} />
				<ReportsPanel {...panel} />
				<KeysPanel {...panel} />
				<BrowsersPanel {...panel} />
			</div>
		</Layout>
	);
}

/** What a form's field holds: what was sent with it where that was refused, else what is settled. */
export function fieldOf(
	{ refused }: Pick<SettingsProps, "refused">,
	form: RefusedForm["form"],
	name: string,
	settled: string,
): { value: string; wrong: string | undefined } {
	if (refused?.form !== form) return { value: settled, wrong: undefined };
	return { value: refused.values[name] ?? settled, wrong: refused.wrong[name] };
}
