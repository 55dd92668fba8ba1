import { Icon } from "./icon.tsx";
import { escapeAttribute } from "./safe-url.ts";

export type TextFieldProps = {
	/** Also the field's name in what is sent. */
	id: string;
	label: string;
	hint: string;
	/** What is wrong with what was sent, as sentences. */
	wrong?: string | undefined;
	value?: string | undefined;
	type?: "text" | "password" | "email" | "time";
	autocomplete: string;
	isOptional?: boolean;
	/** Digits alone: screens show the keys for it. */
	isNumber?: boolean;
	/** The field in which typing begins. */
	isFirst?: boolean;
	longest: number;
};

/** A labelled field of a form, with its hint and what was wrong. */
export function TextField(props: TextFieldProps) {
	const {
		id,
		label,
		hint,
		wrong,
		value,
		type = "text",
		autocomplete,
		isOptional,
		isNumber,
		isFirst,
		longest,
	} = props;
	return (
		<div class="text-field">
			<label for={id}>
				<span safe>{label}</span>
				{isOptional ? <span class="text-field-optional"> (optional)</span> : null}
			</label>
			<input
				id={id}
				name={id}
				type={type}
				value={escapeAttribute(value ?? "")}
				autocomplete={escapeAttribute(autocomplete)}
				autocapitalize="none"
				spellcheck="false"
				inputmode={isNumber ? "numeric" : undefined}
				maxlength={longest}
				required={!isOptional}
				autofocus={isFirst === true || wrong !== undefined}
				aria-invalid={wrong === undefined ? undefined : "true"}
				aria-describedby={wrong === undefined ? `${id}-hint` : `${id}-wrong ${id}-hint`}
			/>
			{wrong === undefined ? null : (
				<p class="text-field-wrong" id={`${id}-wrong`}>
					<Icon name="warning" />
					<span safe>{wrong}</span>
				</p>
			)}
			<p class="text-field-hint" id={`${id}-hint`} safe>
				{hint}
			</p>
		</div>
	);
}
