import type { Shell } from "../layout.tsx";
import { CsrfField } from "./csrf-field.tsx";
import { Icon } from "./icon.tsx";
import { escapeAttribute } from "./safe-url.ts";

const THEMES = [
	{ theme: "light", label: "Light" },
	{ theme: "dark", label: "Dark" },
	{ theme: "auto", label: "Auto" },
] as const;

/** @param props.next the path and query to come back to */
export function ThemeSwitch({
	id,
	theme,
	next,
	csrf,
}: {
	id: string;
	theme: Shell["theme"];
	next: string;
	csrf?: string | undefined;
}) {
	return (
		<form class="theme" id={id} method="post" action="/theme" aria-label="Theme">
			<input type="hidden" name="next" value={escapeAttribute(next)} />
			<CsrfField csrf={csrf} />
			{THEMES.map((choice) => (
				<button
					class="theme-choice"
					type="submit"
					name="theme"
					value={choice.theme}
					aria-pressed={choice.theme === theme ? "true" : "false"}
				>
					<Icon name={choice.theme} />
					{choice.label}
				</button>
			))}
		</form>
	);
}
