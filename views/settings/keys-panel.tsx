import type { ApiKey, KeyKind } from "../../src/account/api-key.ts";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { fieldOf } from "../parts/refused-form.ts";
import { TextField } from "../parts/text-field.tsx";
import type { PanelProps } from "../settings.tsx";

const KINDS: Readonly<Record<KeyKind, string>> = {
	full: "full: reads, sends and changes",
	read: "read: reads alone",
	ingest: "ingest: sends usage and sees nothing",
};

const EXPIRIES = [
	["never", "never"],
	["30", "in 30 days"],
	["90", "in 90 days"],
	["365", "in a year"],
] as const;

/** Keys by which machines and programs come in. */
export function KeysPanel(props: PanelProps) {
	const { data, shell } = props;
	const { keys, kinds } = data;
	const { csrf } = shell.account ?? {};
	return (
		<FormCard id="keys" title="API keys">
			<ul class="settings-list" aria-label="Your keys">
				{keys.map((key) => (
					<KeyLine {...props} own={key} />
				))}
			</ul>
			{kinds.length === 0 ? (
				<p>Keys are made within 15 minutes of a log-in. Log out, and in again.</p>
			) : (
				<CardForm to="/settings/keys" csrf={csrf}>
					<TextField
						id="name"
						label="Name of a new key"
						autocomplete="off"
						hint="What it is for: a machine's name, say."
						longest={100}
						{...fieldOf(props, "key", "name", "")}
					/>
					<Choice name="kind" label="Kind" choices={kinds.map((kind) => [kind, KINDS[kind]])} {...props} />
					<Choice name="expires" label="It ends" choices={EXPIRIES} {...props} />
					<button class="button" type="submit">
						Make key
					</button>
				</CardForm>
			)}
		</FormCard>
	);
}

function Choice({
	name,
	label,
	choices,
	...props
}: PanelProps & { name: string; label: string; choices: readonly (readonly [string, string])[] }) {
	const { value } = fieldOf(props, "key", name, choices.at(-1)?.[0] ?? "");
	return (
		<label class="field">
			<span safe>{label}</span>
			<select name={name}>
				{choices.map(([choice, words]) => (
					<option value={choice} selected={choice === value} safe>
						{words}
					</option>
				))}
			</select>
		</label>
	);
}

function KeyLine({ own, shell, timeOf }: PanelProps & { own: ApiKey }) {
	const { id, name, kind, last4, lastUsedAt, expiresAt } = own;
	const used = lastUsedAt === null ? "never used" : `last used ${timeOf(lastUsedAt)}`;
	const end = expiresAt === null ? "good until it is revoked" : `good until ${timeOf(expiresAt)}`;
	return (
		<li class="settings-row">
			<p class="settings-what">
				<strong safe>{name}</strong>
				<span class="settings-more" safe>{`${kind}, ends in ${last4}, ${used}, ${end}`}</span>
			</p>
			<CardForm to={`/settings/keys/${id}/revoke`} csrf={shell.account?.csrf} inline={true}>
				<button class="button button-small" type="submit">
					Revoke<span class="reader" safe>{` ${name}`}</span>
				</button>
			</CardForm>
		</li>
	);
}
