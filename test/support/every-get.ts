import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import { USAGE_PAGES } from "../../src/web/pages/usage-pages.ts";
import type { Route } from "../../src/web/route.ts";
import { pathWith } from "./route-calls.ts";

/** What every page's query has. */
const COMMON = ["range", "from", "to", "compare", "project", "model", "machine", "format"];

/** The panels of a page whose numbers a route has, and one that it has not. */
function panelsOf({ path }: Route): string[] {
	const page = USAGE_PAGES.find(({ numbers }) => numbers.path === path);
	return page ? [...page.panels, "x"] : [];
}

/**
 * Addresses of a route that is asked by GET: plain, as a table, of all time, and with each choice and each value that its query may have.
 *
 * @param values what is given for parameters that are no choice, by name
 */
export function addressesOf(
	route: Route,
	document: OpenApi,
	values: Readonly<Record<string, string>>,
): string[] {
	const pathOf = (panel: string) =>
		pathWith(route, (name) => (name === "panel" ? panel : (values[name] ?? "x")));
	const [path = "", ...others] = route.path.includes(":panel") ? panelsOf(route).map(pathOf) : [pathOf("x")];
	const { parameters = [] } = document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.get ?? {};
	const isFurtherPage = USAGE_PAGES.slice(1).some(({ numbers }) => numbers.path === route.path);
	const asked = parameters.flatMap(({ in: place, name, schema }) => {
		// All pages read these in one way, and nobody may ask everything at once.
		if (place !== "query" || (isFurtherPage && COMMON.includes(name))) return [];
		const given = schema.enum ?? (values[name] === undefined ? [] : [values[name]]);
		return given.map((value) => `${path}?range=all&${new URLSearchParams({ [name]: String(value) })}`);
	});
	// Nothing that is open to anyone is a list, and wrong codes are counted.
	if (route.access === "anyone") return [path];
	const wholes = [path, ...others].flatMap((each) => [each, `${each}?range=all&format=csv`]);
	return [...wholes, ...asked];
}

/** The address of the next page of a list, where there is one. */
export function nextOf(response: Response): string | undefined {
	return /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
}
