import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

/** In which zone days are counted. */
export function DaysPanel(props: PanelProps) {
	const { shell } = props;
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
		</FormCard>
	);
}
