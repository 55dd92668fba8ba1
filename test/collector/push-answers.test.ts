import { describe, expect, test } from "bun:test";
import type { PushStop } from "../../src/collector/waiting.ts";
import { withProxy } from "../support/cutting-proxy.ts";
import { dumpLedger, eventOf, ingestAll, openTestLedger, PRICES } from "../support/ledger.ts";
import { type PushOver, pushTo } from "../support/pushing.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";
import { type Behaviour, KEY, type UsageServer, withServer } from "../support/usage-server.ts";

const SOME = Array.from({ length: 5 }, (_, n) => eventOf({ id: `msg_${n}`, input: n }));

/** An answer that never comes, until the client has gone. */
const hang: Behaviour = (request) =>
	new Promise((resolve) => request.signal.addEventListener("abort", () => resolve(new Response())));

/** An answer of which one byte comes at a time, and never the last. */
const trickle: Behaviour = (request) =>
	new Response(
		new ReadableStream({
			async pull(controller) {
				await Bun.sleep(5);
				if (request.signal.aborted) controller.close();
				else controller.enqueue(new TextEncoder().encode(" "));
			},
		}),
	);

function status(code: number, headers: Record<string, string> = {}): Behaviour {
	return () =>
		Response.json({ error: "It is not possible.", code: "not_possible" }, { status: code, headers });
}

const html = () =>
	new Response("<html>Welcome to the hotel</html>", { headers: { "content-type": "text/html" } });

/** Behaviour for uploads alone, once it is known whose key it is. */
function ofUploads(behaviour: Behaviour): Behaviour {
	return (request, answer) => (request.url.endsWith("/events") ? behaviour(request, answer) : answer());
}

/**
 * Pushes into trouble, then without it. Nothing was acknowledged by the trouble, and in the end the server has the
 * same as the ledger.
 */
async function expectKept(
	address: (server: UsageServer) => string,
	trouble: (server: UsageServer) => void,
	over: PushOver = {},
): Promise<PushStop | undefined> {
	const ledger = await openTestLedger();
	await ingestAll(ledger, SOME);
	let stop: PushStop | undefined;
	await withServer(async (server) => {
		server.prices = PRICES;
		trouble(server);
		const pushed = await pushTo(ledger.db, address(server), over);
		expect(pushed).toMatchObject({ sent: 0, known: 0, setAside: {}, unsent: SOME.length });
		expect(JSON.stringify(pushed)).not.toContain(KEY);
		stop = pushed.stop;
		server.behaviour = (_request, answer) => answer();
		const { sent, known, unsent } = await pushTo(ledger.db, server.address);
		expect({ all: sent + known, unsent }).toEqual({ all: SOME.length, unsent: 0 });
		expect((await dumpLedger(server.db)).events).toEqual((await dumpLedger(ledger.db)).events);
	});
	return stop;
}

const meeting = (behaviour: Behaviour) => (server: UsageServer) => {
	server.behaviour = behaviour;
};
const direct = (server: UsageServer) => server.address;

describe("usage is kept, and sent later, when the server", () => {
	const places: [string, (behaviour: Behaviour) => Behaviour][] = [
		["asked whose key it is", (behaviour) => behaviour],
		["asked to take usage", ofUploads],
	];
	describe.each(places)("%s", (_place, when) => {
		test.each<[string, Behaviour, PushStop]>([
			["answers 401", status(401), { code: "key_refused", why: "answered 401" }],
			["answers 403", status(403), { code: "key_refused", why: "answered 403" }],
			["answers 404", status(404), { code: "unreachable", why: "answered 404" }],
			["answers 408", status(408), { code: "unreachable", why: "answered 408" }],
			["answers 429", status(429), { code: "unreachable", why: "answered 429" }],
			["answers 500", status(500), { code: "unreachable", why: "answered 500" }],
			["answers 502", status(502), { code: "unreachable", why: "answered 502" }],
			["answers 503", status(503), { code: "unreachable", why: "answered 503" }],
			[
				"answers 204",
				() => new Response(null, { status: 204 }),
				{ code: "unreachable", why: "answered 204" },
			],
		])("%s", async (_what, behaviour, stop) => {
			expect(await expectKept(direct, meeting(when(behaviour)))).toEqual(stop);
		});

		test.each<[string, Behaviour]>([
			["never answers", hang],
			["answers byte by byte", trickle],
		])("%s", async (_what, behaviour) => {
			const stop = await expectKept(direct, meeting(when(behaviour)), { network: { deadline: 100 } });
			expect(stop).toEqual({ code: "unreachable", why: "gave no whole answer within 0.1 seconds" });
		});

		test.each<[string, Behaviour]>([
			["a page", html],
			[
				"a page that says it is JSON",
				() => new Response("<html>", { headers: { "content-type": "application/json" } }),
			],
			["nothing", () => new Response("")],
			["another program's JSON", () => Response.json({ ok: true })],
			["null", () => Response.json(null)],
			[
				"half of the answer",
				async (_request, answer) => new Response((await (await answer()).text()).slice(0, 40)),
			],
			["more than an answer can be", () => new Response(`"${"x".repeat(2 ** 20)}"`)],
		])("answers 200 with %s", async (_what, behaviour) => {
			const stop = await expectKept(direct, meeting(when(behaviour)));
			expect(stop?.code).toBe("unreachable");
			expect(stop?.why).toStartWith("gave an answer that is not PromptPulse's");
		});

		test("sends to another host, which never sees the key", async () => {
			await withServer(async (other) => {
				const elsewhere = (code: number) =>
					when(() => Response.redirect(`${other.address}/api/usage/events`, code));
				for (const code of [301, 302, 307, 308]) {
					const stop = await expectKept(direct, meeting(elsewhere(code)));
					expect(stop?.why).toContain("sends to another address, which is not followed");
				}
				expect(other.asked).toEqual([]);
			});
		});
	});

	test.each<[string, Record<string, unknown>]>([
		["of too few events", { stored: 4 }],
		["of too many events", { stored: 6 }],
		["without a ledger", { ledger: undefined }],
		["of a ledger that is none", { ledger: "mine" }],
		["with an event that was not sent", { stored: 4, rejected: [{ index: 5, code: "bad_id" }] }],
		["with one event twice", { stored: 3, rejected: [0, 0].map((index) => ({ index, code: "bad_id" })) }],
		["with a reason that is no word", { stored: 4, rejected: [{ index: 0, code: "\u001b[31mbad" }] }],
		["with negative counts", { stored: 6, raised: -1 }],
	])("gives an account %s", async (_what, fault) => {
		const behaviour = ofUploads(async (_request, answer) =>
			Response.json({ ...(await (await answer()).json()), ...fault }),
		);
		const stop = await expectKept(direct, meeting(behaviour));
		expect(stop?.why).toStartWith("gave an answer that is not PromptPulse's");
	});

	test("is not there", async () => {
		await withServer(async (gone) => {
			await gone.stop();
			const stop = await expectKept(
				() => gone.address,
				() => {},
			);
			expect(stop).toEqual({ code: "unreachable", why: "could not be reached (ECONNREFUSED)" });
		});
	});

	test("has a name that nobody knows", async () => {
		const stop = await expectKept(
			() => "https://nowhere.invalid",
			() => {},
		);
		expect(stop?.code).toBe("unreachable");
	});

	test("cannot prove who it is, even where the environment would not mind", async () => {
		const asked: string[] = [];
		const imposter = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			tls: SELF_SIGNED,
			fetch: ({ url }) => {
				asked.push(url);
				return new Response();
			},
		});
		const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
		process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
		try {
			const stop = await expectKept(
				() => `https://localhost:${imposter.port}`,
				() => {},
			);
			expect(stop?.why).toStartWith("could not prove who it is");
			expect(asked).toEqual([]);
		} finally {
			if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
			else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
			await imposter.stop(true);
		}
	});

	test("is this machine: a proxy of the environment is not told of it", async () => {
		await withServer(async (proxy) => {
			process.env.HTTP_PROXY = proxy.address;
			try {
				await expectKept(direct, meeting(status(404)));
				expect(proxy.asked).toEqual([]);
			} finally {
				delete process.env.HTTP_PROXY;
			}
		});
	});

	test("speaks no TLS where it should", async () => {
		await withServer(async (other) => {
			const stop = await expectKept(
				() => `https://127.0.0.1:${other.port}`,
				() => {},
			);
			expect(stop?.code).toBe("unreachable");
			expect(other.asked).toEqual([]);
		});
	});

	test.each([
		["before the request is through", { request: 300 }],
		["before the answer", { answer: 0 }],
		["in the middle of the answer", { answer: 200 }],
	])("is cut off %s", async (_when, cut) => {
		const ledger = await openTestLedger();
		await ingestAll(ledger, SOME);
		await withServer(async (server) => {
			server.prices = PRICES;
			await withProxy(server.port, async (proxy) => {
				proxy.plan(...Array.from({ length: 50 }, () => cut));
				const { stop, unsent } = await pushTo(ledger.db, proxy.address);
				expect({ code: stop?.code, unsent }).toEqual({ code: "unreachable", unsent: SOME.length });
				proxy.plan();
				expect(await pushTo(ledger.db, proxy.address)).toMatchObject({ unsent: 0, stop: undefined });
				expect((await dumpLedger(server.db)).events).toEqual((await dumpLedger(ledger.db)).events);
			});
		});
	});
});
