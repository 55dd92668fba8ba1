import { type OverviewQuery, overviewQueryText, type QueryChange } from "../../src/usage/overview-query.ts";
import { escapeAttribute } from "./safe-url.ts";

/** The parameters of a view, as its URL has them. */
export function parametersOf(query: OverviewQuery, change: QueryChange = {}): [string, string][] {
	return [...new URLSearchParams(overviewQueryText(query, change))];
}

/** Hidden fields that carry a view through a GET form, but for the parameters that the form sets itself. */
export function QueryFields({ query, but }: { query: OverviewQuery; but: readonly string[] }) {
	const kept = parametersOf(query).filter(([name]) => !but.includes(name));
	return (
		<>
			{kept.map(([name, value]) => (
				<input type="hidden" name={name} value={escapeAttribute(value)} />
			))}
		</>
	);
}
