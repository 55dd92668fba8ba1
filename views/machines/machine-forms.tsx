import type { PropsWithChildren } from "@kitajs/html";
import type { MachineCard } from "../../src/reports/machine-cards.ts";
import type { MachinesProps } from "../machines.tsx";
import { CsrfField } from "../parts/csrf-field.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";

/** What can be done with a machine. Nothing of its usage is changed by any of it, and all of it can be taken back. */
export function MachineForms(props: MachinesProps & { card: MachineCard }) {
	const { card, data } = props;
	const name = card.alias ?? card.label;
	const others = data.others.filter(({ uuid }) => uuid !== card.machine);
	return (
		<details class="machine-acts">
			<summary class="machine-acts-open">
				Change<span class="reader" safe>{`: ${name}`}</span>
			</summary>
			<div class="machine-acts-forms">
				<Act {...props} action="rename">
					<label class="field">
						Name
						<input
							type="text"
							name="label"
							maxlength="256"
							value={escapeAttribute(card.alias ?? "")}
							placeholder={escapeAttribute(card.label)}
						/>
					</label>
					<p class="machine-act-text">What people read. Left empty, it is what the machine calls itself.</p>
					<button class="button" type="submit">
						Rename
					</button>
				</Act>
				{others.length === 0 ? null : (
					<Act {...props} action="merge">
						<label class="field">
							Merge into
							<select name="into" required>
								{others.map(({ uuid, label }) => (
									<option value={escapeAttribute(uuid)} safe>
										{label}
									</option>
								))}
							</select>
						</label>
						<p class="machine-act-text">
							All that was and will be used on it is counted under the other machine. It can be split off
							again.
						</p>
						<button class="button" type="submit">
							Merge
						</button>
					</Act>
				)}
				<Act {...props} action={card.isArchived === 1 ? "restore" : "archive"}>
					<p class="machine-act-text">
						{card.isArchived === 1
							? "It comes back into lists and menus."
							: "It leaves lists, menus and the line that tells who is silent. What was used on it stays in every sum, and what it sends is still counted."}
					</p>
					<button class="button" type="submit">
						{card.isArchived === 1 ? "Restore" : "Archive"}
					</button>
				</Act>
				{card.merged.map(({ uuid, alias, label }) => (
					<Act {...props} action="split" of={uuid}>
						<p class="machine-act-text" safe>
							{`${alias ?? label} is counted under this machine. Split off, it is one of its own again.`}
						</p>
						<button class="button" type="submit">
							Split off<span class="reader" safe>{`: ${alias ?? label}`}</span>
						</button>
					</Act>
				))}
			</div>
		</details>
	);
}

/** A form of one act. @param props.of the machine that it is about, if it is not the card's own */
function Act({
	shell,
	view,
	card,
	action,
	of = card.machine,
	children,
}: PropsWithChildren<MachinesProps & { card: MachineCard; action: string; of?: string }>) {
	return (
		<form
			class="machine-act"
			method="post"
			action={escapeAttribute(`/machines/${encodeURIComponent(of)}/edit`)}
			hx-boost="false"
		>
			<CsrfField csrf={shell.account?.csrf} />
			<input type="hidden" name="action" value={escapeAttribute(action)} />
			<input type="hidden" name="next" value={escapeAttribute(view.href())} />
			{children}
		</form>
	);
}
