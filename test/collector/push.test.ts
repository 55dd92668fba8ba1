import { beforeEach, describe, expect, test } from "bun:test";
import { listSetAside } from "../../src/ledger/push-targets.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	DAY,
	DESKTOP,
	dumpLedger,
	eventOf,
	HOUR,
	ingestAll,
	openTestLedger,
	PRICES,
	type TestLedger,
} from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { NOW } from "../support/scan.ts";
import { type UsageServer, withServer } from "../support/usage-server.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** Responses that are told apart by their numbers. */
function responses(count: number, from = 0): UsageEvent[] {
	return Array.from({ length: count }, (_, n) => eventOf({ id: `msg_${from + n}`, input: from + n }));
}

/** The numbers of the responses that a server has, and how often an upload brought each of them. */
async function numbersAt(server: UsageServer): Promise<number[]> {
	const rows = await server.db.all<{ input: number }>("select input from events order by input");
	return rows.map(({ input }) => input);
}

function sizes(server: UsageServer): number[] {
	return server.received.map(({ events }) => events.length);
}

test("everything is sent once, and then only what is new or has changed", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(3));
		expect(await pushTo(ledger.db, server.address)).toEqual({
			sent: 3,
			known: 0,
			expired: 0,
			setAside: {},
			unsent: 0,
			stop: undefined,
		});
		await ingestAll(ledger, [...responses(2, 2), eventOf({ id: "msg_0", output: 500 })]);
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 2, known: 0, unsent: 0 });
		expect(sizes(server)).toEqual([3, 2]);
		expect(await numbersAt(server)).toEqual([1, 2, 3, 10]);
	});
});

test("where there is nothing to send the network is not touched", async () => {
	await withServer(async (server) => {
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 0, unsent: 0 });
		expect(server.asked).toEqual([]);
		await ingestAll(ledger, responses(1));
		await pushTo(ledger.db, server.address);
		await pushTo(ledger.db, server.address);
		expect(server.asked).toEqual(["/api/auth/validate", "/api/usage/events"]);
	});
});

test("whose key it is is asked once a key, and another key of the same person goes on where the first one was", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(2));
		await pushTo(ledger.db, server.address);
		await ingestAll(ledger, responses(1, 2));
		await pushTo(ledger.db, server.address);
		await pushTo(ledger.db, server.address, { key: "new-key-of-ada" });
		await ingestAll(ledger, responses(1, 3));
		await pushTo(ledger.db, server.address, { key: "new-key-of-ada" });
		expect(sizes(server)).toEqual([2, 1, 1]);
		expect(server.asked.filter((path) => path === "/api/auth/validate")).toHaveLength(2);
	});
});

test("a key that is not known where nothing is new is asked about once", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(2));
		await pushTo(ledger.db, server.address);
		for (const _ of [1, 2]) {
			expect(await pushTo(ledger.db, server.address, { key: "new-key-of-ada" })).toMatchObject({
				sent: 0,
				unsent: 0,
			});
		}
		expect(server.asked).toEqual(["/api/auth/validate", "/api/usage/events", "/api/auth/validate"]);
	});
});

test("a long history goes in batches, in the order in which it came", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(5_001));
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 5_001, unsent: 0 });
		expect(sizes(server)).toEqual([2_500, 2_500, 1]);
		expect(server.received.flatMap(({ events }) => events.map(({ input }) => input))).toEqual(
			Array.from({ length: 5_001 }, (_, n) => n),
		);
	});
});

test("an upload stays within its size, however long names are", async () => {
	await withServer(async (server) => {
		const noise = (n: number) => new Bun.CryptoHasher("sha512").update(`${n}`).digest("base64url").repeat(2);
		await ingestAll(
			ledger,
			responses(2_500).map((event, n) => ({
				...event,
				branch: noise(n),
				session: noise(n + 1).slice(0, 128),
			})),
		);
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 2_500, unsent: 0 });
		expect(server.received.length).toBeGreaterThan(1);
	});
});

test("what another machine once saw is sent as that machine's", async () => {
	await withServer(async (server) => {
		server.prices = PRICES;
		await ingestAll(ledger, responses(2), { machine: DESKTOP });
		await ingestAll(ledger, responses(2, 2));
		await ingestAll(ledger, [eventOf({ id: "msg_0", output: 500 })]);
		await pushTo(ledger.db, server.address);
		expect(server.received.map(({ machine, events }) => [machine.label, events.length])).toEqual([
			["desktop", 2],
			["laptop", 2],
		]);
		const { events } = await dumpLedger(ledger.db);
		expect((await dumpLedger(server.db)).events).toEqual(events);
	});
});

test("--resend sends everything once more, and changes no sum", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(3));
		await pushTo(ledger.db, server.address);
		const before = await dumpLedger(server.db);
		expect(await pushTo(ledger.db, server.address, { resend: true })).toMatchObject({ sent: 0, known: 3 });
		expect(await dumpLedger(server.db)).toEqual(before);
	});
});

test("--resend gives projects and branches the names of another privacy setting", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(2));
		await pushTo(ledger.db, server.address);
		for (const [setting, project, branch] of [
			["none", "", ""],
			["basename", "app", "main"],
			["full", "/home/ada/app", "main"],
		] as const) {
			const privacy = { userHome: "/home/ada", setting };
			expect(await pushTo(ledger.db, server.address, { resend: true, privacy })).toMatchObject({ sent: 2 });
			expect((await dumpLedger(server.db)).events).toMatchObject([
				{ project, branch },
				{ project, branch },
			]);
		}
	});
});

test("a server with another ledger gets everything once, from the very push that finds it", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(3));
		await pushTo(ledger.db, server.address);
		await server.restore();
		await ingestAll(ledger, responses(2, 3));
		const { sent, known, unsent, stop } = await pushTo(ledger.db, server.address);
		expect({ sent, known, unsent, stop }).toEqual({ sent: 5, known: 0, unsent: 0, stop: undefined });
		expect(sizes(server)).toEqual([3, 2, 3]);
		expect(await numbersAt(server)).toEqual([0, 1, 2, 3, 4]);
	});
});

test("a server that answers from one ledger and then from another is left alone in the end", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, responses(3));
		server.behaviour = (_request, answer) => {
			server.uuid = crypto.randomUUID();
			return answer();
		};
		await pushTo(ledger.db, server.address);
		await ingestAll(ledger, responses(1, 3));
		const { stop, unsent } = await pushTo(ledger.db, server.address);
		expect({ stop, unsent }).toEqual({
			stop: { code: "unreachable", why: "answers from one database and then from another" },
			unsent: 4,
		});
	});
});

describe("an event that the server rejects", () => {
	test("is set aside with its reason, and the rest goes on", async () => {
		await withServer(async (server) => {
			server.user = { ...server.user, horizon: 0 };
			await ingestAll(ledger, responses(4));
			server.behaviour = async (_request, answer) => {
				const reply = await (await answer()).json();
				if (reply.user) return Response.json(reply);
				const rejected = [{ index: 1, code: "bad_id" }];
				return Response.json({ ...reply, stored: reply.stored - 1, rejected });
			};
			expect(await pushTo(ledger.db, server.address)).toMatchObject({
				sent: 3,
				setAside: { bad_id: 1 },
				unsent: 0,
				stop: undefined,
			});
			expect(await listSetAside(ledger.db)).toEqual([{ code: "bad_id", events: 1, oldestAt: NOW }]);
			server.behaviour = (_request, answer) => answer();
			expect(await pushTo(ledger.db, server.address, { resend: true })).toMatchObject({
				known: 4,
				setAside: {},
			});
			expect(await listSetAside(ledger.db)).toEqual([]);
		});
	});

	test("is taken back once it has changed and is accepted", async () => {
		await withServer(async (server) => {
			await ingestAll(ledger, responses(2));
			server.behaviour = async (_request, answer) => {
				const reply = await (await answer()).json();
				return Response.json(
					reply.user ? reply : { ...reply, stored: 1, rejected: [{ index: 0, code: "bad_id" }] },
				);
			};
			await pushTo(ledger.db, server.address);
			server.behaviour = (_request, answer) => answer();
			await ingestAll(ledger, [eventOf({ id: "msg_0", output: 500 })]);
			expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 1 });
			expect(await listSetAside(ledger.db)).toEqual([]);
		});
	});
});

test("what is older than the person wants kept is acknowledged and told", async () => {
	await withServer(async (server) => {
		const [old, recent] = [
			eventOf({ id: "msg_0", at: NOW - 400 * DAY }),
			eventOf({ id: "msg_1", at: NOW - HOUR }),
		];
		await ingestAll(ledger, [old, recent]);
		server.user = { ...server.user, horizon: NOW - DAY };
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 1, expired: 1, unsent: 0 });
	});
});

test("the folder, our cost and the secret of a hash never leave the machine", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, [
			eventOf({ folder: "-home-ada-app", project: "/home/ada/app", branch: "wip/secret" }),
		]);
		const privacy = { userHome: "/home/ada", setting: "hash", secret: "well-kept" } as const;
		await pushTo(ledger.db, server.address, { privacy });
		const [{ json = "" } = {}] = server.received;
		for (const word of ["home", "ada", "app", "wip", "well-kept", "cost", "folder"])
			expect(json).not.toContain(word);
	});
});
