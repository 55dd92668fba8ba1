import { expect, test } from "bun:test";
import { type } from "arktype";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { makeWorld } from "../support/isolation.ts";
import { bodyOf, hasParameters, nameOf, pathWith } from "../support/route-calls.ts";

const { server, ada } = await makeWorld();
const documented = (await server.server.routes()).filter(({ text }) => text.reply);
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;
/** What they answer is compared where docs/api.md is made. */
const WITHOUT_ANSWER = [
	"DELETE /api/invites/:id",
	"DELETE /api/user",
	"DELETE /api/user/keys/:id",
	"DELETE /api/user/sessions/:id",
	"PATCH /api/admin/users/:id",
	"PATCH /api/machines/:id",
	"PATCH /api/projects/:id",
	"POST /api/usage/reported/remove",
	"POST /api/user/test-email",
	"POST /api/users",
	"PUT /api/admin/leaderboard/:id",
	"PUT /api/user/email",
	"PUT /api/user/email-preferences",
];
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

test("answers were had of all but those that a made-up body or name gets none of, which docs/api.md shows", () => {
	const without = documented.map(nameOf).filter((name) => !compared.includes(name));
	expect(without.sort()).toEqual(WITHOUT_ANSWER);
});
