import type { Route } from "../route.ts";
import examples from "./examples.json";

/** What a route was sent and what it answered, as far as these are JSON; lists have their first entry alone. */
export type Example = { body?: unknown; answer?: unknown };

/** By `GET /api/…`. `bun run docs` makes them: they are what a server with made-up usage really answered. */
const EXAMPLES: Readonly<Record<string, Example>> = examples;

export function exampleOf({ method, path }: Pick<Route, "method" | "path">): Example {
	return EXAMPLES[`${method} ${path}`] ?? {};
}
