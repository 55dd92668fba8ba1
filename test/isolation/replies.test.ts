import { expect, test } from "bun:test";
import { type } from "arktype";
import type { OpenApi } from "../../src/web/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { makeWorld } from "../support/isolation.ts";
import { bodyOf, hasParameters, nameOf, pathWith } from "../support/route-calls.ts";

const { server, ada } = await makeWorld();
const documented = (await server.server.routes()).filter(({ text }) => text.reply);
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
/** Routes whose answers were compared with what is said of them. */
const compared: string[] = [];

function call(route: Route, headers: Record<string, string>): Promise<Response> {
	const sent = bodyOf(route, document);
	return server.ask(pathWith(route, "all"), {
		method: route.method,
		headers: { ...sent.headers, ...headers },
		...(sent.body !== undefined && { body: sent.body }),
	});
}

test.each(documented.map((route) => [nameOf(route), route] as const))(
	"%s answers what its document says",
	async (name, route) => {
		const { keys, browser } = ada.person;
		const byKey = await call(route, { "x-api-key": keys.full });
		// Some of what may be done is for browsers alone.
		const response = byKey.ok ? byKey : await call(route, browser);
		const answer = await response.json();
		if (route.method === "GET" && !hasParameters(route)) expect(response.status).toBe(200);
		if (!response.ok) {
			expect(answer).toMatchObject({ error: expect.any(String), code: expect.any(String) });
			return;
		}
		compared.push(name);
		const read = route.text.reply?.(answer);
		expect(read instanceof type.errors ? read.summary : "").toBe("");
		expect(server.reported).toEqual([]);
	},
);

test("answers were had of lists and of what is made", () => {
	for (const name of ["GET /api/users", "GET /api/user/keys", "POST /api/user/keys", "POST /api/invites"])
		expect(compared).toContain(name);
});
