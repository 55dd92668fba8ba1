import { WEEKDAY_NAMES, weekdayId } from "../../src/usage/weekdays.ts";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** In which zone days are counted, and where weeks begin. */
export function DaysPanel(props: PanelProps) {
	const { shell, data } = props;
	const field = fieldOf(props, "zone", "zone", shell.zone);
	return (
		<FormCard id="days" title="Days">
			<CardForm to="/settings/zone" csrf={shell.account?.csrf}>
				<TextField
					id="zone"
					label="Time zone"
					autocomplete="off"
					hint="An IANA name such as Europe/Berlin. All days, also those that are over, are counted in it."
					longest={64}
					value={field.value}
					wrong={field.wrong}
				/>
				<button class="button" type="submit">
					Save zone
				</button>
			</CardForm>
			<CardForm to="/settings/week" csrf={shell.account?.csrf}>
				<div class="text-field">
					<label class="field">
						Weeks begin on
						<select name="week_start" aria-describedby="week-hint">
							{WEEKDAY_NAMES.map((name, weekday) => (
								<option
									value={escapeAttribute(weekdayId(weekday))}
									selected={weekday === data.weekStart}
									safe
								>
									{name}
								</option>
							))}
						</select>
					</label>
					<p class="text-field-hint" id="week-hint">
						On all your pages, and in weekly reports by mail. The weekly figures of the command line and of
						the API begin on Monday.
					</p>
				</div>
				<button class="button" type="submit">
					Save week
				</button>
			</CardForm>
		</FormCard>
	);
}
