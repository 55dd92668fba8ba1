import { MOST_MONTHS, type RetentionRules } from "../../src/usage/retention.ts";
import { AuditList } from "../parts/audit-list.tsx";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { CommandBox } from "../parts/command-box.tsx";
import { ConfirmDialog, DialogLink } from "../parts/dialog.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** Where machines and projects get their names. */
export function NamesPanel() {
	return (
		<FormCard id="names" title="Machines and projects">
			<p class="settings-text">
				They are renamed, merged and hidden where they are: <a href="/machines">machines</a>,{" "}
				<a href="/projects">projects</a>.
			</p>
		</FormCard>
	);
}

/** Who sees what, and where it is settled what leaves a machine. */
export function PrivacyPanel({ data: { usageOpenedAt }, timeOf }: PanelProps) {
	return (
		<FormCard id="privacy" title="Privacy">
			<p class="settings-text">
				Admins of this server see your user name, e-mail address and role, when you were last here, and your
				cost and tokens of the last 30 days and in all.
				{usageOpenedAt === null
					? " They see no session, no project and no machine of yours. What they look at stands in the audit log."
					: ""}
			</p>
			{usageOpenedAt === null ? null : (
				<p class="warn-text" safe>
					{`Since ${timeOf(usageOpenedAt)} they may also see your sessions and projects, with the names of projects, branches and machines. Whenever one of them looks, your audit log below says so.`}
				</p>
			)}
			<p class="settings-text">
				Which names of projects leave a machine, and whether single responses do, is set on the machine
				itself: this shows it.
			</p>
			<CommandBox id="privacy" command="promptpulse config list" />
		</FormCard>
	);
}

/** For how long single responses are kept. */
export function RetentionPanel(props: PanelProps) {
	const { kept, isChosen, rules } = props.data.retention;
	const field = fieldOf(props, "retention", "months", kept === null ? "" : String(kept));
	return (
		<FormCard id="retention" title="Retention" sub={`responses are kept ${monthsText(kept)}`}>
			<p class="settings-text" safe>
				{`${ruleText(rules)}${isChosen ? "" : " You have chosen nothing yourself."}`}
			</p>
			<CardForm to="/settings/retention" csrf={props.shell.account?.csrf}>
				<TextField
					id="months"
					label="Months"
					autocomplete="off"
					hint={`From 1 to ${rules.most ?? MOST_MONTHS}${rules.most === null ? ", or empty: for good" : ""}. Older responses go within a day and do not come back; sums by day stay.`}
					longest={4}
					isNumber={true}
					isOptional={rules.most === null}
					value={field.value}
					wrong={field.wrong}
				/>
				<button class="button" type="submit">
					Save retention
				</button>
			</CardForm>
		</FormCard>
	);
}

/** What the audit log has about the person. */
export function AuditPanel({ data, timeOf }: PanelProps) {
	return (
		<FormCard id="audit" title="Audit log" sub="what was done to your account">
			<AuditList lines={data.audit} all="/api/user/audit" timeOf={timeOf} />
		</FormCard>
	);
}

/** To take everything along. */
export function ExportPanel() {
	return (
		<FormCard id="export" title="Your data">
			<p class="settings-text">
				Everything that is kept of you, as a ZIP archive: usage as NDJSON and CSV, settings, the audit log.
			</p>
			<a class="button" href="/api/user/export" hx-boost="false" download="">
				Export everything
			</a>
		</FormCard>
	);
}

/** To end the account. What was typed stands in the dialog again where it was refused. */
export function ErasePanel(props: PanelProps) {
	const { shell, data } = props;
	const field = fieldOf(props, "erase", "confirm", "");
	const isRefused = field.wrong !== undefined;
	return (
		<FormCard id="erase" title="Erase the account">
			<p class="settings-text">It ends at once and for good. Your machines keep what they have collected.</p>
			{data.canErase || isRefused ? (
				<>
					<DialogLink to="erase-account" of="button button-danger" word="Erase the account" />
					<ConfirmDialog
						id="erase-account"
						question={`Erase the account ${data.username}?`}
						action="/account/erase"
						fields={shell.account === undefined ? {} : { csrf: shell.account.csrf }}
						verb="Erase everything"
						back="/settings#erase"
						isOpen={isRefused}
					>
						<p>
							Your usage, keys, browsers and settings on this server are gone at once, and nothing brings them
							back. What your machines have collected stays there.
						</p>
						<TextField
							id="confirm"
							label="Your user name, to say that you mean it"
							autocomplete="off"
							hint={`Type ${data.username}.`}
							longest={64}
							isFirst={true}
							value={field.value}
							wrong={field.wrong}
						/>
					</ConfirmDialog>
				</>
			) : (
				<p>An account is erased within 15 minutes of a log-in. Log out, and in again.</p>
			)}
		</FormCard>
	);
}

/** `for good`, `for a month`, `for 24 months` */
function monthsText(months: number | null): string {
	if (months === null) return "for good";
	return months === 1 ? "for a month" : `for ${months} months`;
}

function ruleText({ usual, most }: RetentionRules): string {
	const usually = `This server keeps single responses ${monthsText(usual ?? most)} where nothing is chosen`;
	return most === null
		? `${usually}.`
		: `${usually}, and nobody's ${monthsText(most).replace("for", "for longer than")}.`;
}
