import { TextField } from "../parts/text-field.tsx";
import { fieldOf, type PanelProps } from "../settings.tsx";
import { SettingsCard, SettingsForm } from "./settings-form.tsx";

/** In which zone days are counted. */
export function DaysPanel(props: PanelProps) {
	const { shell } = props;
	const field = fieldOf(props, "zone", "zone", shell.zone);
	return (
		<SettingsCard id="days" title="Days">
			<SettingsForm to="zone" csrf={shell.account?.csrf}>
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
			</SettingsForm>
		</SettingsCard>
	);
}
