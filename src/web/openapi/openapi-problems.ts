import type { Problem } from "../errors.ts";
import { type Route, RULES } from "../route.ts";
import type { Answer, Content, Reference } from "./openapi.ts";

const CONTENT: Content = { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } };

/** How long to wait, in seconds. */
const RETRY_AFTER: Answer["headers"] = {
	"Retry-After": { description: "In how many seconds another try may do.", schema: { type: "integer" } },
};

/** What may go wrong, by status. */
const SENTENCES: Readonly<Record<string, string>> = {
	"400": "What was sent is not of the form that it says it is, or more than one key came.",
	"401": "No valid key or session came.",
	"403": "The key, the session or the account has no right to that, or another site's page sent it.",
	"404": "There is no such thing, or it belongs to somebody else.",
	"408": "What was sent did not arrive in time.",
	"413": "What was sent is too large.",
	"415": "What was sent is of a type that is not taken.",
	"422": "Fields are wrong: `fields` names them.",
	"429": "That was too often: wait as long as Retry-After says.",
	"503": "The ledger is busy: try again in a moment.",
};

/** The answers that many routes may give in place of what was asked for, by status. */
export const PROBLEMS: Readonly<Record<string, Answer>> = Object.fromEntries(
	Object.entries(SENTENCES).map(([status, description]) => [
		status,
		{ description, ...(["429", "503"].includes(status) && { headers: RETRY_AFTER }), content: CONTENT },
	]),
);

/** What a route may answer in place of what was asked for. */
export function problemsOf(route: Route, hasBody: boolean): Record<string, Answer | Reference> {
	const own = Map.groupBy(route.text.problems ?? [], ({ status }) => String(status));
	const usual = usualStatuses(route, hasBody);
	const statuses = [...new Set([...usual, ...own.keys()])].sort();
	return Object.fromEntries(
		statuses.map((status) => {
			const problems = own.get(status);
			if (!problems) return [status, { $ref: `#/components/responses/${status}` }] as const;
			const known = usual.includes(status) ? (PROBLEMS[status] ?? undefined) : undefined;
			const told = [...(known ? [known.description] : []), ...problems.map(sentenceOf)];
			return [status, { ...PROBLEMS[status], description: told.join(" "), content: CONTENT }] as const;
		}),
	);
}

/** `email_taken`: Another account has this e-mail address. */
function sentenceOf({ code, sentence }: Problem): string {
	return `\`${code}\`: ${sentence}`;
}

function usualStatuses({ access, path, method, query, raw, text }: Route, hasBody: boolean): string[] {
	const takesBody = hasBody || raw === true;
	// Another site's page may send nothing to any route, whoever may ask it.
	const mayBeForbidden = access !== "anyone" || method !== "GET" || RULES[access].changes;
	return [
		"400",
		...(access === "anyone" ? [] : ["401"]),
		...(mayBeForbidden ? ["403"] : []),
		...(path.includes(":") ? ["404"] : []),
		// A body is read before it is known that nobody asked for one.
		...(method === "GET" ? [] : ["408", "413", "415"]),
		...(takesBody || query || text.query ? ["422"] : []),
		"429",
		"503",
	];
}
