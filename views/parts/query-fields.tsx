import type { AnyView } from "../../src/usage/view.ts";
import { escapeAttribute } from "./safe-url.ts";

/**
 * Hidden fields that carry a view through a GET form, but for the parameters that the form sets itself. What a form sends
 * is a change: the place in a list is not carried.
 */
export function QueryFields({ view, but }: { view: AnyView; but: readonly string[] }) {
	const kept = view.parameters({ compare: view.query.compare }).filter(([name]) => !but.includes(name));
	return (
		<>
			{kept.map(([name, value]) => (
				<input type="hidden" name={name} value={escapeAttribute(value)} />
			))}
		</>
	);
}
