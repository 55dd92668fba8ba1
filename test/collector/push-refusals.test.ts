import { beforeEach, describe, expect, test } from "bun:test";
import { listSetAside } from "../../src/ledger/push-targets.ts";
import { readUpload } from "../../src/usage/upload.ts";
import { eventOf, HOUR, ingestAll, MINUTE, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { NOW } from "../support/scan.ts";
import { type Behaviour, type UsageServer, withServer } from "../support/usage-server.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

function ingestNumbers(count: number, from = 0): Promise<unknown> {
	return ingestAll(
		ledger,
		Array.from({ length: count }, (_, n) => eventOf({ id: `msg_${from + n}`, input: from + n })),
	);
}

async function numbersAt(server: UsageServer): Promise<number[]> {
	const rows = await server.db.all<{ input: number }>("select input from events order by input");
	return rows.map(({ input }) => input);
}

function numbers(count: number, but: readonly number[] = []): number[] {
	return Array.from({ length: count }, (_, n) => n).filter((n) => !but.includes(n));
}

/** Answers uploads as the numbers of their events deserve it; undefined is the ordinary answer. */
function byNumbers(answerTo: (inputs: number[]) => Response | undefined, sizes: number[] = []): Behaviour {
	return async (request, answer) => {
		if (!request.url.endsWith("/events")) return answer();
		const packed = await request.clone().bytes();
		const upload = readUpload(JSON.parse(Buffer.from(Bun.gunzipSync(packed)).toString()));
		const inputs = upload?.events.map(({ input }) => input) ?? [];
		sizes.push(inputs.length);
		return answerTo(inputs) ?? answer();
	};
}

describe("a whole upload refused for the sake of a few events", () => {
	test.each([400, 422])(
		"with %d is halved until they are found, and they alone are set aside",
		async (status) => {
			await withServer(async (server) => {
				const bad = [0, 7, 8, 599];
				await ingestNumbers(600);
				server.behaviour = byNumbers((inputs) =>
					inputs.some((n) => bad.includes(n)) ? new Response(null, { status }) : undefined,
				);
				expect(await pushTo(ledger.db, server.address)).toMatchObject({
					sent: 596,
					setAside: { refused: 4 },
					unsent: 0,
					stop: undefined,
				});
				expect(await numbersAt(server)).toEqual(numbers(600, bad));
				expect(await listSetAside(ledger.db)).toEqual([{ code: "refused", events: 4, oldestAt: NOW }]);
				expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 0, known: 0, unsent: 0 });
			});
		},
	);

	test("ends the push after eight in a row, and nothing is set aside", async () => {
		await withServer(async (server) => {
			await ingestNumbers(100);
			const sizes: number[] = [];
			server.behaviour = byNumbers(() => new Response(null, { status: 422 }), sizes);
			expect(await pushTo(ledger.db, server.address)).toEqual({
				sent: 0,
				known: 0,
				expired: 0,
				setAside: {},
				unsent: 100,
				stop: { code: "unreachable", why: "refused 8 responses one after the other" },
			});
			expect(sizes.filter((size) => size === 1)).toHaveLength(8);
			server.behaviour = (_request, answer) => answer();
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 100, unsent: 0 });
		});
	});

	test("that are all there is are not set aside either: nothing shows whose fault it is", async () => {
		await withServer(async (server) => {
			await ingestNumbers(2);
			server.behaviour = byNumbers((inputs) =>
				inputs.some((n) => n < 2) ? new Response(null, { status: 422 }) : undefined,
			);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({
				setAside: {},
				unsent: 2,
				stop: { code: "unreachable", why: "accepted nothing of what was sent" },
			});
			await ingestNumbers(1, 2);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({
				sent: 1,
				setAside: { refused: 2 },
				unsent: 0,
				stop: undefined,
			});
		});
	});
});

test("events refused for whatever reason are counted by it, also by one that is a word of the language", async () => {
	await withServer(async (server) => {
		await ingestNumbers(3);
		const rejected = [0, 2].map((index) => ({ index, code: "constructor" }));
		server.behaviour = async (request, answer) => {
			const reply = await (await answer()).json();
			return Response.json(request.url.endsWith("/events") ? { ...reply, stored: 1, rejected } : reply);
		};
		const { setAside } = await pushTo(ledger.db, server.address);
		expect(Object.entries(setAside)).toEqual([["constructor", 2]]);
		expect(await listSetAside(ledger.db)).toEqual([{ code: "constructor", events: 2, oldestAt: NOW }]);
	});
});

describe("an upload that is too much", () => {
	test("for the server is halved, and the next ones are no larger at first", async () => {
		await withServer(async (server) => {
			await ingestNumbers(3_000);
			const sizes: number[] = [];
			server.behaviour = byNumbers(
				(inputs) => (inputs.length > 700 ? new Response(null, { status: 413 }) : undefined),
				sizes,
			);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 3_000, setAside: {}, unsent: 0 });
			expect(sizes.slice(0, 4)).toEqual([2_500, 1_250, 625, 625]);
			expect(await numbersAt(server)).toEqual(numbers(3_000));
		});
	});

	test("with a single event in it sets that one aside", async () => {
		await withServer(async (server) => {
			await ingestNumbers(40);
			server.behaviour = byNumbers((inputs) =>
				inputs.includes(13) ? new Response(null, { status: 413 }) : undefined,
			);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 39, setAside: { too_large: 1 } });
			expect(await numbersAt(server)).toEqual(numbers(40, [13]));
		});
	});

	test("for any upload, be it many events in a row, is set aside and not taken for the server's fault", async () => {
		const part = {
			input: 1,
			output: 0,
			cacheWrite5m: 0,
			cacheWrite1h: 0,
			cacheRead: 0,
			model: "x".repeat(250),
		};
		const extra = Array.from({ length: 15_000 }, () => part);
		await withServer(async (server) => {
			await ingestAll(
				ledger,
				Array.from({ length: 9 }, (_, n) => eventOf({ id: `large_${n}`, extra })),
			);
			await ingestNumbers(2);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({
				sent: 2,
				setAside: { too_large: 9 },
				stop: undefined,
			});
		});
	});

	test("for the connection is halved too, and grows slowly again", async () => {
		await withServer(async (server) => {
			await ingestNumbers(4_000);
			const sizes: number[] = [];
			let left = 2;
			server.behaviour = byNumbers(
				() => (left-- > 0 ? new Response(null, { status: 408 }) : undefined),
				sizes,
			);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 4_000, unsent: 0 });
			expect(sizes.slice(0, 5)).toEqual([2_500, 1_250, 625, 625, 707]);
		});
	});
});

describe("a server that has trouble", () => {
	test("is asked again after waits that grow, and no more than a few times", async () => {
		await withServer(async (server) => {
			await ingestNumbers(1);
			server.behaviour = () => new Response(null, { status: 503 });
			const waits: number[] = [];
			expect(await pushTo(ledger.db, server.address, { waits })).toMatchObject({ unsent: 1 });
			expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
			expect(server.asked).toHaveLength(5);
		});
	});

	test("for a moment is no trouble at all", async () => {
		await withServer(async (server) => {
			await ingestNumbers(10);
			let left = 3;
			server.behaviour = (_request, answer) => (left-- > 0 ? new Response(null, { status: 500 }) : answer());
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 10, unsent: 0, stop: undefined });
		});
	});

	test.each([
		["seconds", () => "7"],
		["a date", () => new Date(NOW + 7_000).toUTCString()],
	])("and gives %s is asked again when it wants to be", async (_what, after) => {
		await withServer(async (server) => {
			await ingestNumbers(1);
			let left = 1;
			const headers = { "retry-after": after(), date: new Date(NOW).toUTCString() };
			server.behaviour = (_request, answer) =>
				left-- > 0 ? new Response(null, { status: 429, headers }) : answer();
			const waits: number[] = [];
			expect(await pushTo(ledger.db, server.address, { waits })).toMatchObject({ sent: 1 });
			expect(waits).toEqual([7_000]);
		});
	});

	test.each(["soon", "-5", "", "0"])('and gives "%s" is waited for as ever', async (after) => {
		await withServer(async (server) => {
			await ingestNumbers(1);
			let left = 1;
			server.behaviour = (_request, answer) =>
				left-- > 0 ? new Response(null, { status: 429, headers: { "retry-after": after } }) : answer();
			const waits: number[] = [];
			expect(await pushTo(ledger.db, server.address, { waits })).toMatchObject({ sent: 1 });
			expect(waits).toEqual([500]);
		});
	});

	test("for long is left alone for as long as it asked, by later pushes too", async () => {
		await withServer(async (server) => {
			await ingestNumbers(1);
			server.behaviour = () => new Response(null, { status: 429, headers: { "retry-after": "3600" } });
			const stop = {
				code: "unreachable",
				why: `asked to be left alone until ${new Date(NOW + HOUR).toISOString()}`,
			} as const;
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ unsent: 1, stop });
			server.behaviour = (_request, answer) => answer();
			const asked = server.asked.length;
			const soon = { now: () => NOW + HOUR - 1 };
			expect(await pushTo(ledger.db, server.address, soon)).toMatchObject({ unsent: 1, stop });
			expect(server.asked).toHaveLength(asked);
			expect(await pushTo(ledger.db, server.address, { now: () => NOW + HOUR })).toMatchObject({ sent: 1 });
		});
	});

	test("for ever is asked again a day later, and at once when the clock was set back", async () => {
		await withServer(async (server) => {
			await ingestNumbers(1);
			const refuse = () => new Response(null, { status: 503, headers: { "retry-after": "999999999" } });
			for (const later of [24 * HOUR, -MINUTE]) {
				server.behaviour = refuse;
				await pushTo(ledger.db, server.address);
				server.behaviour = (_request, answer) => answer();
				expect(await pushTo(ledger.db, server.address, { now: () => NOW + later })).toMatchObject({
					unsent: 0,
				});
				await ingestNumbers(1, 10);
			}
		});
	});
});
