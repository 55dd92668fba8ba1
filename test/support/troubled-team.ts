import type { Machine } from "../../src/account/machine.ts";
import { uploadOf } from "../../src/collector/pack.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { readReply } from "../../src/usage/upload.ts";
import type { ServerOptions } from "../../src/web/server.ts";
import { insist, WITHOUT_LIMITS } from "./insisting.ts";
import { AT, eventOf, MINUTE, machineNamed, PRICES } from "./ledger.ts";
import { Random } from "./random.ts";
import { type Person, TestServer } from "./server.ts";

/** So many responses are new in each upload. */
const NEW = 5;
const ZONES = ["UTC", "America/New_York", "Asia/Kathmandu"];
const MODELS = ["cheap", "dear", "unheard-of"];
const BRANCHES = ["main", "dev", undefined];

/** One machine's way of sending: the person it belongs to, and the events of its uploads by their number. */
export type Sender = { person: Person; machine: Machine; upload(number: number): UsageEvent[] };

/** People with two machines each, which send as long as they are told to. */
export class TroubledTeam {
	private constructor(
		readonly server: TestServer,
		readonly owner: Person,
		readonly people: readonly Person[],
		readonly senders: readonly Sender[],
	) {}

	/** Two teams of one seed have the same people and send the same, whatever they send it to. */
	static async gather(seed: number, options: Partial<ServerOptions>): Promise<TroubledTeam> {
		const server = await TestServer.start({ prices: PRICES, limits: WITHOUT_LIMITS, ...options });
		const owner = await server.join("ada", "owner");
		const people: Person[] = [];
		for (const name of ["alice", "bob", "carol"]) people.push(await server.join(name));
		const senders = people.flatMap((person, i) => [1, 2].map((number) => senderOf(seed, person, i, number)));
		return new TroubledTeam(server, owner, people, senders);
	}

	/** Sends an upload until it is acknowledged. @returns how often it was put off */
	async send({ person, machine, upload }: Sender, number: number): Promise<number> {
		const events = upload(number);
		const body = uploadOf(machine, events);
		const { response, refusals } = await insist(() => person.send("POST", "/api/usage/events", body));
		const text = await response.text();
		const reply = response.status === 200 ? readReply(JSON.parse(text), events.length) : undefined;
		if (!reply || reply.rejected.length > 0 || reply.expired > 0) {
			const [cause] = this.server.reported;
			throw new Error(`an upload was answered with ${response.status}: ${text}`, { cause });
		}
		return refusals;
	}
}

/** Zones by the place of a person among the people. */
export function zoneOf(i: number): string {
	return ZONES[i % ZONES.length] ?? "UTC";
}

function senderOf(seed: number, person: Person, i: number, number: number): Sender {
	const machine = {
		...machineNamed(`${person.account.username}-${number}`, i * 10 + number),
		zone: zoneOf(i),
	};
	return {
		person,
		machine,
		upload: (upload) => uploadFrom(new Random(seed * 1_000_003 + upload), machine, upload),
	};
}

/** What is new, what came to more since the last upload, a copy of it in another session, and something from before. */
function uploadFrom(random: Random, machine: Machine, upload: number): UsageEvent[] {
	const fresh = Array.from({ length: NEW }, (_, k) => responseOf(machine, upload * NEW + k));
	if (upload === 0) return fresh;
	const last = (upload - 1) * NEW;
	const grown = [0, 1, 2].map((k) => grow(responseOf(machine, last + k)));
	const copy = { ...responseOf(machine, last + 3), session: `fork-${machine.label}`, fork: true };
	const old = responseOf(machine, random.integer(0, last));
	return [...fresh, ...grown, copy, old];
}

function responseOf({ uuid, label }: Machine, i: number): UsageEvent {
	const session = i >> 4;
	// The machine's own number in the time: no two of them tell of the same moment.
	const at = AT + i * 13 * MINUTE + Number(uuid.slice(-4));
	return eventOf({
		id: `msg_${label}_${i}`,
		at,
		model: MODELS[i % 3] ?? "",
		session: `${label}-${session}`,
		project: `/home/${label}/${session % 3}`,
		branch: BRANCHES[session % 3],
		sidechain: i % 11 === 0,
		webSearches: i % 7 === 0 ? 1 : 0,
	});
}

function grow(event: UsageEvent): UsageEvent {
	return { ...event, output: event.output + 480, countedAt: event.at + 1 };
}
