import { LISTED_PLANS, NANO_A_CENT, OTHER_PLAN, planOf } from "../../src/usage/plans.ts";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import { money } from "../parts/words.ts";
import type { PanelProps } from "../settings.tsx";

const CHOICES: readonly (readonly [string, string])[] = [
	["", "none, or not said"],
	...LISTED_PLANS.map(
		({ id, name, cents }) => [id, `${name}, ${money(cents * NANO_A_CENT)} a month`] as const,
	),
	[OTHER_PLAN, "another one"],
];

/** Which plan the person pays for: the overview compares its price with what is used. */
export function PlanPanel(props: PanelProps) {
	const { shell, data } = props;
	const settled = data.plan.plan === OTHER_PLAN ? planOf(data.plan)?.cents : undefined;
	const plan = fieldOf(props, "plan", "plan", data.plan.plan ?? "");
	const price = fieldOf(props, "plan", "price", settled === undefined ? "" : (settled / 100).toFixed(2));
	return (
		<FormCard id="plan" title="Plan" sub="its price beside what you use">
			<CardForm to="/settings/plan" csrf={shell.account?.csrf}>
				<label class="field">
					Plan
					<select name="plan">
						{CHOICES.map(([choice, words]) => (
							<option value={choice} selected={choice === plan.value} safe>
								{words}
							</option>
						))}
					</select>
				</label>
				<TextField
					id="price"
					label="Price of another one"
					autocomplete="off"
					hint="US dollars a month. Pro is listed as billed by the year; who pays 20 month by month has another one."
					longest={20}
					isOptional={true}
					value={price.value}
					wrong={price.wrong}
				/>
				<button class="button" type="submit">
					Save plan
				</button>
			</CardForm>
		</FormCard>
	);
}
