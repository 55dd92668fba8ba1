import type { TestServer } from "./server.ts";

/**
 * Reads a JSON answer that is as its route says.
 *
 * @throws Error with what is wrong
 */
export async function replyOf<Body>(
	server: TestServer,
	[method, path]: [string, string],
	response: Response,
): Promise<Body> {
	const body: unknown = await response.json();
	if (response.status !== 200)
		throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(body)}`);
	const routes = await server.server.routes();
	const reply = routes.find((route) => route.method === method && route.path === path)?.text.reply;
	if (!reply) throw new Error(`${method} ${path} does not say what it answers`);
	if (!reply.allows(body)) throw new Error(`${method} ${path}: ${String(reply(body))}`);
	return body as Body;
}
