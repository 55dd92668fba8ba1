import { minuteText, REPORT_FREQUENCIES } from "../../src/usage/report-times.ts";
import { nameOfWeekday } from "../../src/usage/weekdays.ts";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** A mail as the log has it: what it is of, how it stands, and when, epoch ms. */
export type MailLine = {
	kind: string;
	period: string;
	state: "waiting" | "sent" | "empty" | "failed";
	at: number;
	error: string | null;
};

const STATES = { waiting: "waits", sent: "sent", empty: "nothing was used", failed: "given up" };

/** Reports by mail; nothing where the server sends none. */
export function ReportsPanel(props: PanelProps) {
	const { shell, data, timeOf } = props;
	const { reports, isEmailConfirmed, sendsMail, mails } = data;
	if (!sendsMail) return null;
	const every = fieldOf(props, "reports", "every", reports.every ?? "never");
	const time = fieldOf(props, "reports", "time", minuteText(reports.minute));
	const { csrf } = shell.account ?? {};
	return (
		<FormCard id="reports" title="Reports by mail" sub={nextWords(props)}>
			{isEmailConfirmed ? null : <p>Reports go to a confirmed address: give one above.</p>}
			<CardForm to="/settings/reports" csrf={csrf}>
				<label class="field">
					How often
					<select name="every">
						{["never", ...REPORT_FREQUENCIES].map((choice) => (
							<option value={choice} selected={choice === every.value} safe>
								{choice}
							</option>
						))}
					</select>
				</label>
				<TextField
					id="time"
					label="At"
					type="time"
					autocomplete="off"
					hint={`In ${shell.zone}. Weekly ones come on ${nameOfWeekday(data.weekStart)}s, monthly ones on the first, and none where nothing was used.`}
					longest={5}
					value={time.value}
					wrong={time.wrong}
				/>
				<button class="button" type="submit">
					Save reports
				</button>
			</CardForm>
			<div class="settings-line">
				<a href="/settings/preview">See last week's</a>
				{isEmailConfirmed ? (
					<CardForm to="/settings/test-mail" csrf={csrf} inline={true}>
						<button class="button" type="submit">
							Send it as a test
						</button>
					</CardForm>
				) : null}
			</div>
			{mails.length === 0 ? null : (
				<ul class="settings-list" aria-label="The last mails">
					{mails.map(({ kind, period, state, at, error }) => (
						<li class="settings-row">
							<p class="settings-what">
								<strong safe>{`${kind}, from ${period}`}</strong>
								<span class="settings-more" safe>
									{`${STATES[state]}, ${timeOf(at)}${error === null ? "" : `. ${error}`}`}
								</span>
							</p>
						</li>
					))}
				</ul>
			)}
		</FormCard>
	);
}

function nextWords({ data: { reports }, timeOf }: PanelProps): string {
	return reports.nextAt === null ? "none are sent" : `the next one ${timeOf(reports.nextAt)}`;
}
