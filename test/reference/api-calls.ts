import { isForPrograms } from "../../src/web/openapi/openapi.ts";
import type { Example } from "../../src/web/openapi/openapi-examples.ts";
import type { Route } from "../../src/web/route.ts";
import { callsOf } from "./calls.ts";
import { neutralizer } from "./neutral-answer.ts";
import { makeTeam } from "./team.ts";

/** A request and what really came back, lists cut to their first entry. */
export type Asked = {
	request: string;
	answer: string | undefined;
	link: string | undefined;
	/** The bodies of both, as far as they are JSON. */
	example: Example;
};

/**
 * Asks every route of the document once, at a server whose people used what is in the fixtures.
 *
 * @returns by `GET /api/…`, as routes are written
 */
export async function askAll(): Promise<{ asked: Map<string, Asked>; csv: string }> {
	const team = await makeTeam();
	try {
		const calls = await callsOf(team);
		const routes = (await team.server.server.routes()).filter(isForPrograms);
		const names = routes.map(({ method, path }) => `${method} ${path}`);
		const gone = Object.keys(calls).filter((name) => !names.includes(name));
		if (gone.length > 0)
			throw new Error(`test/reference/calls.ts asks what is not there: ${gone.join(", ")}`);
		const asked = new Map<string, Asked>();
		const neutral = neutralizer();
		for (const name of [...names.filter((one) => !(one in calls)), ...Object.keys(calls)]) {
			const call = calls[name] ?? {};
			const [method = "", own = ""] = name.split(" ");
			if (own.includes(":") && call.path === undefined) {
				throw new Error(`test/reference/calls.ts has no call of ${name}`);
			}
			const path = call.path ?? own;
			const body = call.body === undefined ? undefined : JSON.stringify(call.body, null, "\t");
			const headers: Record<string, string> =
				body === undefined ? {} : { "content-type": "application/json" };
			const answer = await team[call.by ?? "ada"].ask(path, { method, headers, ...(body && { body }) });
			if (answer.status !== 200) {
				throw new Error(
					`${name}, as test/reference/calls.ts has it, answers ${answer.status}: ${await answer.text()}`,
				);
			}
			const isJson = answer.headers.get("content-type")?.startsWith("application/json");
			// What goes on for ever would not be cloned to its end.
			if (isJson) await compare(answer.clone(), name, routes);
			const request = [`${method} ${path}`, ...(body ? ["Content-Type: application/json", "", body] : [])];
			const told = neutral(request.join("\n"));
			const came = await bodyOf(answer, neutral);
			asked.set(name, {
				request: told,
				answer: came,
				link: answer.headers.get("link") ?? undefined,
				example: {
					...(body && { body: JSON.parse(neutral(body)) }),
					...(isJson && came !== undefined && { answer: JSON.parse(came) }),
				},
			});
		}
		const table = await team.ada.ask("/api/usage/analytics/costs?groupBy=day&format=csv");
		if (team.server.reported.length > 0)
			throw new Error("the server reported errors", { cause: team.server.reported });
		return { asked, csv: (await table.text()).replaceAll("\r\n", "\n") };
	} finally {
		await team.stop();
	}
}

/** @throws Error where what came back is not what the route says of its answer */
async function compare(answer: Response, name: string, routes: readonly Route[]): Promise<void> {
	const reply = routes.find(({ method, path }) => `${method} ${path}` === name)?.text.reply;
	if (!reply) return;
	const body: unknown = await answer.json();
	if (!reply.allows(body)) throw new Error(`${name} does not answer as it says: ${String(reply(body))}`);
}

/** A long document is not shown in its own reference. */
const LONGEST = 4_000;

async function bodyOf(answer: Response, neutral: (text: string) => string): Promise<string | undefined> {
	const type = answer.headers.get("content-type") ?? "";
	if (type.startsWith("text/event-stream")) return firstEvent(answer);
	if (!/^(?:application\/json|text\/plain|$)/.test(type)) {
		await answer.body?.cancel();
		return undefined;
	}
	const text = await answer.text();
	if (!type.startsWith("application/json")) return text;
	const short = JSON.stringify(cut(JSON.parse(text)), null, "\t");
	return short.length > LONGEST ? undefined : neutral(short);
}

/** Lists of objects have their first entry. */
function cut(value: unknown): unknown {
	if (Array.isArray(value)) {
		const [first] = value;
		return typeof first === "object" ? [cut(first)] : value;
	}
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, cut(of)]));
}

/** What a stream begins with; what the event tells differs from ledger to ledger. */
async function firstEvent(answer: Response): Promise<string> {
	const reader = answer.body?.getReader();
	const { value } = (await reader?.read()) ?? {};
	await reader?.cancel();
	return new TextDecoder()
		.decode(value)
		.replace(/(?<=data: )\S+/, "mB3v0QWc1sZr9aXe")
		.trim();
}
