import { isForPrograms } from "../../src/web/openapi/openapi.ts";
import { problemsOf } from "../../src/web/openapi/openapi-problems.ts";
import type { Answered } from "../../src/web/site.ts";

/**
 * Holds an answer against what the API's document tells of its route. What nobody expected (500) stands in no document.
 *
 * @throws Error for a status that the document does not tell
 */
export function expectDeclared({ route, response: { status } }: Pick<Answered, "route" | "response">): void {
	if (!route || !isForPrograms(route) || status === 200 || status === 500) return;
	const declared = problemsOf(route, (route.text.body ?? route.body) !== undefined);
	if (String(status) in declared) return;
	throw new Error(`${route.method} ${route.path} answered ${status}, which its document does not tell`);
}
