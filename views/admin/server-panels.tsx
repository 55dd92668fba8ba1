import { MOST_MONTHS } from "../../src/usage/retention.ts";
import type { AdminPanelProps } from "../admin.tsx";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import { counted, percent, whole } from "../parts/words.ts";

/** Whether there is a leaderboard. */
export function BoardPanel({ shell, data: { hasBoard } }: AdminPanelProps) {
	return (
		<FormCard id="leaderboard" title="Leaderboard" sub={hasBoard ? "on" : "off"}>
			<p class="settings-text">
				{hasBoard
					? "People choose for themselves whether others see them there. Turned off, nobody sees anybody."
					: "While it is off nobody sees anybody. Turned on, people choose for themselves whether to take part."}
			</p>
			<CardForm to="/admin/leaderboard" csrf={shell.account?.csrf} inline={true}>
				<button class="button" type="submit" name="turn" value={hasBoard ? "off" : "on"}>
					{hasBoard ? "Turn the leaderboard off" : "Turn the leaderboard on"}
				</button>
			</CardForm>
		</FormCard>
	);
}

/** Whether admins see more of others than totals. */
export function UsagePanel({ shell, data: { usageOpenedAt, isOwner }, timeOf }: AdminPanelProps) {
	const isOpen = usageOpenedAt !== null;
	return (
		<FormCard
			id="usage"
			title="What admins see"
			sub={isOpen ? `more since ${timeOf(usageOpenedAt)}` : "totals"}
		>
			<p class="settings-text">
				{isOpen
					? "Admins see the sessions and projects of everyone, the owner and themselves included, with their names. Everyone is told so on their own pages, and by their own audit log whenever somebody looks. Turned off, it ends at once."
					: "Of others' usage admins see totals alone. The owner may turn it on that they see everyone's sessions and project names, the owner's own too: everyone is told so on their own pages, and by their own audit log whenever somebody looks."}
			</p>
			{isOpen || isOwner ? (
				<CardForm to="/admin/usage" csrf={shell.account?.csrf} inline={true}>
					<button class="button" type="submit" name="turn" value={isOpen ? "off" : "on"}>
						{isOpen ? "Show admins totals alone" : "Show admins sessions and projects"}
					</button>
				</CardForm>
			) : null}
		</FormCard>
	);
}

/** For how long single responses are kept. */
export function RetentionPanel(props: AdminPanelProps) {
	const { rules, clockAheadOf } = props.data;
	const monthsOf = (months: number | null) => (months === null ? "" : String(months));
	const usual = fieldOf(props, "retention", "usual", monthsOf(rules.usual));
	const most = fieldOf(props, "retention", "most", monthsOf(rules.most));
	return (
		<FormCard id="retention" title="Retention">
			<p class="settings-text">
				For how many months single responses are kept. What is older goes within a day and does not come back;
				sums by day stay.
			</p>
			{clockAheadOf === null ? null : (
				<p class="warn-text" safe>
					{`The clock of this server is far ahead of ${props.dateOf(clockAheadOf)}, up to where retention has gone. In case it is wrong, retention follows by eight days a day: see whether it is right.`}
				</p>
			)}
			<CardForm to="/admin/retention" csrf={props.shell.account?.csrf}>
				<TextField
					id="usual"
					label="Of who has chosen nothing"
					autocomplete="off"
					hint={`From 1 to ${MOST_MONTHS}, or empty: as long as is kept of anybody.`}
					longest={4}
					isNumber={true}
					isOptional={true}
					value={usual.value}
					wrong={usual.wrong}
				/>
				<TextField
					id="most"
					label="Of anybody, at the most"
					autocomplete="off"
					hint={`From 1 to ${MOST_MONTHS}, or empty: for good.`}
					longest={4}
					isNumber={true}
					isOptional={true}
					value={most.value}
					wrong={most.wrong}
				/>
				<button class="button" type="submit">
					Save retention
				</button>
			</CardForm>
		</FormCard>
	);
}

const REGISTRATIONS = {
	closed: "closed: nobody makes an account",
	invite: "by invite",
	open: "open: anyone makes an account",
};

/** How the server is, and what of it is set where it is started. */
export function ServerPanel({ shell, data, timeOf }: AdminPanelProps) {
	const { registration, mails, schema, database } = data;
	return (
		<FormCard id="server" title="Server">
			<dl class="settings-facts">
				<Fact name="Version" text={shell.version} />
				<Fact name="Registration" text={`${REGISTRATIONS[registration]} (REGISTRATION)`} />
				<Fact name="Mail" text={mailText(mails)} isWrong={mails !== undefined && mails.failed > 0} />
				<Fact
					name="Database"
					text={`${database.isFile ? "a file on the server's own disk" : "SQLite Cloud"}, ${database.answers ? `answered in ${whole(database.tookMs)} ms` : "does not answer"}`}
					isWrong={!database.answers}
				/>
				<Fact name="Schema" text={schema} />
				{database.room === undefined ? null : (
					<Fact name="Disk" text={roomText(database.room)} isWrong={!database.hasRoom} />
				)}
				<Fact name="Backup" text={backupText(database, timeOf)} />
			</dl>
		</FormCard>
	);
}

function Fact({ name, text, isWrong = false }: { name: string; text: string; isWrong?: boolean }) {
	return (
		<>
			<dt safe>{name}</dt>
			<dd class={isWrong ? "warn-text" : undefined} safe>
				{text}
			</dd>
		</>
	);
}

function mailText(mails: AdminPanelProps["data"]["mails"]): string {
	if (!mails) return "is not set up (RESEND_API_KEY, RESEND_FROM_EMAIL)";
	const waiting = counted(mails.waiting, "waits", "wait");
	return `is set up; ${waiting}, ${counted(mails.failed, "was given up", "were given up")} in the last week`;
}

function backupText(
	{ isFile, backupAt }: AdminPanelProps["data"]["database"],
	timeOf: AdminPanelProps["timeOf"],
): string {
	if (!isFile) return "those of the service, and promptpulse migrate --to FILE";
	const last = backupAt === undefined ? "none is known" : `the last one ${timeOf(backupAt)}`;
	return `${last}; promptpulse backup FILE makes one while the server runs`;
}

const GIGABYTE = 1e9;

/** `12.3 GB of 250 GB are free (4.9 %)` */
function roomText({ free, size }: { free: number; size: number }): string {
	const gigabytes = (bytes: number) =>
		`${(bytes / GIGABYTE).toFixed(bytes < 100 * GIGABYTE ? 1 : 0)}\u00a0GB`;
	return `${gigabytes(free)} of ${gigabytes(size)} are free (${percent(size === 0 ? 0 : free / size)})`;
}
