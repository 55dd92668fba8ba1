import { expect, test } from "bun:test";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import { leaksIn, makeWorld, saidBy } from "../support/isolation.ts";
import { type Mutant, mutate, requestOf } from "../support/mutations.ts";
import { Random } from "../support/random.ts";
import { PATIENCE, runs } from "../support/runs.ts";
import { SERVER } from "../support/server.ts";

const SEED = 20261124;

/** Keys and sessions may go while they are tried, so after so many requests all begins anew. */
const ANEW_AFTER = 500;

test(
	"thousands of requests that are a little wrong bring forth no error of the server's own and nothing of other people",
	async () => {
		const random = new Random(SEED);
		const statuses = new Map<number, number>();
		const { numRuns } = runs(5_000);
		for (let run = 0; run < numRuns; run += ANEW_AFTER) {
			for (const status of await tryMany(random, run)) {
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
			}
		}
		// It is only worth something if all kinds of answers were had.
		for (const status of [200, 303, 400, 401, 403, 404, 415, 422]) {
			expect(`${status}: ${statuses.get(status) ?? 0}`).not.toBe(`${status}: 0`);
		}
	},
	PATIENCE,
);

/** @returns the answers' statuses */
async function tryMany(random: Random, first: number): Promise<number[]> {
	const { server, ada, grace, alice, bob } = await makeWorld();
	const routes = await server.server.routes();
	const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
	const ids = [...alice.ids, ...bob.ids].map(({ id }) => id);
	const statuses: number[] = [];
	for (let run = first; run < first + ANEW_AFTER; run++) {
		const mutant = mutate(random, routes, document, sendersOf(alice.person), ids);
		const request = requestOf(mutant, SERVER);
		if (!request) continue;
		const { url } = request;
		const response = await server.server.handle(request, `10.${run >> 16}.${(run >> 8) & 255}.${run & 255}`);
		const said = await saidBy(response);
		statuses.push(response.status);
		const leaks = leaksIn(withoutAsked(said, url), [ada, grace, bob], alice);
		const isBroken = response.status >= 500 || server.reported.length > 0 || leaks.length > 0;
		if (isBroken) throw new Error(tell(run, mutant, response.status, [...server.reported, ...leaks]));
	}
	return statuses;
}

function sendersOf({ keys, browser }: { keys: Record<string, string>; browser: Record<string, string> }) {
	const byKey = Object.values(keys).map((key) => ({ "x-api-key": key }));
	return [...byKey, browser, { "x-api-key": "wrong" }, {}];
}

/** What one named oneself may come back in the address of the log-in. */
function withoutAsked(said: string, url: string): string {
	return said.replaceAll(encodeURIComponent(url.slice(SERVER.length)), "");
}

function tell(run: number, mutant: Mutant, status: number, what: readonly unknown[]): string {
	const errors = what.map((error) => (error instanceof Error ? error.stack : String(error)));
	return `seed ${SEED}, request ${run} answered ${status}: ${JSON.stringify(mutant)}\n${errors.join("\n")}`;
}
