import { expect } from "bun:test";
import { packEvents } from "../../src/collector/pack.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { readReply, type UploadReply } from "../../src/usage/upload.ts";
import { AT, eventOf, LAPTOP } from "./ledger.ts";
import type { Uploader } from "./serve-process.ts";

/** How long (ms) one waits who was not answered with 200; servers that are killed come back. */
const TRIED_EVERY = 20;

/** A person's responses from one number on, a minute apart, each of 100 tokens. */
export function eventsFrom(user: number, first: number, count: number): UsageEvent[] {
	return Array.from({ length: count }, (_, i) =>
		eventOf({
			id: `msg_${user}_${first + i}`,
			at: AT + (first + i) * 60_000,
			session: `s${user}-${Math.floor((first + i) / 30)}`,
		}),
	);
}

/** Sends an upload once; undefined where no whole answer came. */
export async function sendOnce(
	address: string,
	{ key }: Uploader,
	events: readonly UsageEvent[],
	machine = LAPTOP,
): Promise<Response | undefined> {
	try {
		const response = await fetch(`${address}/api/usage/events`, {
			method: "POST",
			headers: { "x-api-key": key, "content-type": "application/json", "content-encoding": "gzip" },
			body: packEvents(machine, events) ?? null,
		});
		const body = await response.arrayBuffer();
		return new Response(body, { status: response.status, headers: response.headers });
	} catch {
		return undefined;
	}
}

/** What a server that is in trouble may say; 0: nothing. */
const TROUBLE = [0, 429, 503];

/**
 * Sends an upload until it is acknowledged.
 *
 * @param address that of a server, or what says for each try where it goes
 * @throws Error if it is refused in any other way than by a server in trouble
 * @returns the acknowledgement, and with which statuses it was refused before; 0 is a connection that broke
 */
export async function sendUntilKept(
	address: string | (() => string),
	uploader: Uploader,
	events: readonly UsageEvent[],
	machine = LAPTOP,
): Promise<{ reply: UploadReply; refusals: number[] }> {
	const refusals: number[] = [];
	for (;;) {
		const to = typeof address === "string" ? address : address();
		const response = await sendOnce(to, uploader, events, machine);
		const reply = response?.status === 200 ? readReply(await response.json(), events.length) : undefined;
		if (reply) return { reply, refusals };
		const status = response?.status ?? 0;
		if (!TROUBLE.includes(status)) throw new Error(`an upload was answered with ${status}`);
		refusals.push(status);
		await Bun.sleep(TRIED_EVERY);
	}
}

/** Looks at a ledger as it stands on the disk: whether it is sound, and whether these responses are in it. */
export async function expectKept(path: string, user: number, events: readonly UsageEvent[]): Promise<void> {
	const db = openSqlite(path);
	try {
		await expectSound(db);
		const kept = await db.get<{ events: number; output: number }>(
			`select count(*) as events, ifnull(sum(output), 0) as output
			from json_each(?) as sent
			cross join events on events.user = ? and events.key = sent.value`,
			[JSON.stringify(events.map(({ key }) => key)), user],
		);
		expect(kept).toEqual({
			events: events.length,
			output: events.reduce((sum, { output }) => sum + output, 0),
		});
	} finally {
		await db.close();
	}
}

/** The file is whole, and every sum is that of its events. */
export async function expectSound(db: Database): Promise<void> {
	expect(await db.all("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
	const counted = await db.all(
		"select user, count(*) as responses, sum(input + output) as tokens from events where replay = 0 group by user order by user",
	);
	for (const table of [
		"usage_slots",
		"usage_days",
		"usage_months",
		"model_days",
		"person_days",
		"session_parts",
		"blocks",
	]) {
		const summed = await db.all(
			`select user, sum(responses) as responses, sum(input + output) as tokens from ${table} group by user order by user`,
		);
		expect({ table, summed }).toEqual({ table, summed: counted });
	}
}
