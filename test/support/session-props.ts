import { listKnownNames } from "../../src/reports/first-use.ts";
import { filterOf } from "../../src/reports/overview.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { parseSessionQuery, sessionKind } from "../../src/usage/session-query.ts";
import { View } from "../../src/usage/view.ts";
import { readSession } from "../../src/web/pages/session-data.ts";
import type { SessionProps } from "../../views/session.tsx";
import { eventOf, ingestAll, MINUTE, NOW, openTestLedger, PRICES } from "./ledger.ts";
import { SHELL } from "./overview-props.ts";

/** When the made-up session begins: 9:00 in UTC, so that 10:00 in Berlin. */
export const START = Date.UTC(2026, 10, 23, 9);
export const SESSION = "8f3c1d2e-1111-4222-8333-944444444444";

/**
 * A session of an hour and a half: ten responses, one a minute, a pause of an hour after the fifth, which the cache does
 * not survive; a cache miss at the eighth, another model from the ninth on, and a sub-agent that answers twice.
 */
export function sessionEvents(): UsageEvent[] {
	const main = Array.from({ length: 10 }, (_, i) => {
		const isAnew = i === 5 || i === 7;
		return sessionEvent(`main-${i}`, START + (i + (i > 4 ? 60 : 0)) * MINUTE, {
			model: i < 8 ? "cheap" : "dear",
			cacheRead: isAnew ? 0 : 20_000 + i * 1_000,
			cacheWrite5m: isAnew ? 20_000 + i * 1_000 : 1_000,
			cacheWrite1h: 0,
		});
	});
	const agent = { agent: "a1b2", sidechain: true, sidechainOnly: true };
	return [
		...main,
		sessionEvent("agent-0", START + 2.5 * MINUTE, agent),
		sessionEvent("agent-1", START + 3.5 * MINUTE, { ...agent, cacheRead: 70 }),
	];
}

export function sessionEvent(id: string, at: number, more: Partial<UsageEvent> = {}): UsageEvent {
	return eventOf({ id, at, session: SESSION, version: "2.4.1", ...more });
}

/** A session's page as it is read from a ledger with these events. `most`: how long its list is. */
export async function sessionProps(
	events: readonly UsageEvent[] = sessionEvents(),
	query = "",
	most = 100,
): Promise<SessionProps> {
	const { db, user } = await openTestLedger({ zone: "Europe/Berlin" });
	await ingestAll({ db, user }, events);
	const today = Math.floor(NOW / 86_400_000);
	const asked = parseSessionQuery(new URLSearchParams(query), { today, firstDay: today - 60 });
	const zone = "Europe/Berlin";
	const known = await listKnownNames(db, user);
	const data = await readSession({
		source: {
			db,
			asker: user,
			zone,
			weekStart: 0,
			prices: PRICES,
			pricesOf: "test prices",
			version: "1",
			asOf: NOW,
			isSample: false,
			looked: [],
		},
		query: asked,
		filter: filterOf(asked, asked.period, { zone, weekStart: 0 }),
		today,
		now: NOW,
		most,
		params: { session: events[0]?.session ?? SESSION },
		known: () => Promise.resolve(known),
	});
	const view = new View(sessionKind(data.session.session), asked);
	return { shell: { ...SHELL, title: "Session" }, view, known, today, data };
}
