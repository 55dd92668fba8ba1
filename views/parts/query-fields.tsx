import type { AnyView } from "../../src/usage/view.ts";
import { escapeAttribute } from "./safe-url.ts";

/** Hidden fields that carry a view through a GET form, but for the parameters that the form sets itself. */
export function QueryFields({ view, but }: { view: AnyView; but: readonly string[] }) {
	const kept = view.parameters().filter(([name]) => !but.includes(name));
	return (
		<>
			{kept.map(([name, value]) => (
				<input type="hidden" name={name} value={escapeAttribute(value)} />
			))}
		</>
	);
}
