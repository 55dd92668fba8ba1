import { mischievous } from "./neutral.ts";

/** What people are shown of an answer. `status` and `ledger` are understood, and tell no names. */
const WORDS = /^(?:username|email|displayName|message|error|label|version)$/;

type Listening = { origin: string; stop(): Promise<void> };
type Fields = Record<string, unknown>;

/**
 * A server on loopback that says what another one says, with mischief in every word of it that is there to be read. Of
 * what it is sent it refuses the first response.
 *
 * @param other answers as the other one does
 */
export function startMischief(other: (request: Request) => Promise<Response>): Listening {
	const listening = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		async fetch(request) {
			const { pathname } = new URL(request.url);
			// A packed answer cannot be twisted, and one is packed from a length on that differs from day to day.
			request.headers.delete("accept-encoding");
			const answer = await other(request);
			const said = twisted(await answer.json()) as Fields;
			const told = pathname === "/api/usage/events" ? lessOne(said) : said;
			return Response.json(told, { status: answer.status });
		},
	});
	return { origin: `http://127.0.0.1:${listening.port}`, stop: () => listening.stop(true) };
}

function twisted(said: unknown): unknown {
	if (typeof said !== "object" || said === null) return said;
	if (Array.isArray(said)) return said.map(twisted);
	return Object.fromEntries(
		Object.entries(said).map(([name, value]) => [
			name,
			typeof value === "string" && WORDS.test(name) ? mischievous(value) : twisted(value),
		]),
	);
}

/** One of those that were taken is said to be refused. */
function lessOne(reply: Fields): Fields {
	const taken = ["stored", "raised", "duplicates"].find((name) => Number(reply[name]) > 0);
	if (taken === undefined) return reply;
	return { ...reply, [taken]: Number(reply[taken]) - 1, rejected: [{ index: 0, code: "not_today" }] };
}
