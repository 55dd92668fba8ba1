import type { Machine } from "../../account/machine.ts";
import type { Database } from "../../ledger/database.ts";
import { ingest } from "../../ledger/events.ts";
import { type LedgerUser, saveLocalUser } from "../../ledger/users.ts";
import { DAY_MS, HOUR_MS } from "../../usage/day.ts";
import { eventKey, messageHash, type UsageEvent } from "../../usage/event.ts";
import type { PriceBook } from "../../usage/price.ts";

const DAYS = 390;

const PROJECTS = [
	"atlas-api",
	"ledger-web",
	"infra-terraform",
	"mobile-app",
	"docs-site",
	"data-import",
	"sandbox",
];
const MODELS = [
	"claude-opus-4-6",
	"claude-sonnet-4-5-20250929",
	"claude-haiku-4-5-20251001",
	"claude-nova-5-preview",
];
const MACHINES = ["maya-mbp", "devbox-fra1", "ci-runner-02"];

/**
 * Fills a ledger with made-up usage of a year: sessions on working days, more of late, three machines, four models of
 * which one has no price. The same for the same moment.
 *
 * @param now epoch ms; usage ends there
 */
export async function fillSample(
	db: Database,
	{ zone, prices, now }: { zone: string; prices: PriceBook; now: number },
): Promise<LedgerUser> {
	const events = MACHINES.map((): UsageEvent[] => []);
	const random = randomFrom(Math.floor(now / DAY_MS));
	for (let day = DAYS; day >= 0; day--) addDay(events, now, day, random);
	return db.transaction(async (tx) => {
		const user = await saveLocalUser(tx, zone);
		for (const [i, own] of events.entries()) {
			const context = { user, machine: machineOf(i), prices };
			// Each was there from the first of its days on.
			await ingest(tx, { ...context, now: own[0]?.at ?? now }, []);
			await ingest(tx, { ...context, now }, own);
		}
		return user;
	});
}

function machineOf(i: number): Machine {
	const uuid = `00000000-0000-4000-8000-00000000000${i + 1}`;
	return { uuid, label: MACHINES[i] ?? "", os: i === 0 ? "darwin" : "linux" };
}

/** The sessions of one day; on the last one, two that run into the present. */
function addDay(events: UsageEvent[][], now: number, daysAgo: number, random: () => number): void {
	const midnight = now - (now % DAY_MS) - daysAgo * DAY_MS;
	const weekday = new Date(midnight).getUTCDay();
	const isWeekend = weekday === 0 || weekday === 6;
	const growth = 0.5 + 0.5 * (1 - daysAgo / DAYS);
	const count = Math.round((isWeekend ? 1.4 : 7.5) * growth * (0.7 + 0.6 * random()));
	for (let n = 0; n < count; n++) {
		const machine = skewed(random, MACHINES.length);
		const start = midnight + (7 + random() * 11) * HOUR_MS;
		addSession(events[machine] ?? [], `${daysAgo}-${n}`, start, now, random);
	}
	if (daysAgo > 0) return;
	for (const hours of [2.2, 0.8])
		addSession(events[0] ?? [], `now-${hours}`, now - hours * HOUR_MS, now, random);
}

function addSession(
	events: UsageEvent[],
	name: string,
	start: number,
	now: number,
	random: () => number,
): void {
	const project = PROJECTS[skewed(random, PROJECTS.length)];
	const main = skewed(random, 3);
	const isPreview = random() < 0.012;
	const length = 6 + Math.floor(random() * 24);
	let at = start;
	let context = 12_000 + random() * 20_000;
	for (let i = 0; i < length; i++) {
		at += 20_000 + random() * 220_000;
		if (at > now) return;
		const model = isPreview ? 3 : random() < 0.2 ? 2 : main;
		const written = Math.round(600 + random() * 7_000);
		const id = `${name}-${i}`;
		events.push({
			key: eventKey({ messageId: `sample_${id}`, requestId: id, session: "", path: "", offset: 0 }),
			message: messageHash(`sample_${id}`),
			sidechainOnly: false,
			model: MODELS[model] ?? "",
			input: Math.round(4 + random() * 900),
			output: Math.round(150 + random() * random() * 6_000),
			cacheWrite5m: i % 3 === 0 ? written : 0,
			cacheWrite1h: i % 3 === 0 ? 0 : written,
			cacheRead: Math.round(context * (1.5 + 2 * random())),
			webSearches: random() < 0.01 ? 1 : 0,
			countedAt: Math.round(at),
			at: Math.round(at),
			session: sessionId(name),
			fork: false,
			progress: false,
			sidechain: false,
			project: `/home/maya/${project}`,
			branch: random() < 0.7 ? "main" : "next",
			version: "2.1.114",
		});
		context = Math.min(160_000, context + written);
	}
}

/** An id as Claude Code gives one. */
function sessionId(name: string): string {
	const hex = new Bun.CryptoHasher("sha256").update(name).digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** An index below `length`, the lower the likelier. */
function skewed(random: () => number, length: number): number {
	return Math.min(length - 1, Math.floor(length * random() ** 1.9));
}

/** Numbers from 0 to below 1 (mulberry32), the same for the same seed. */
function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}
