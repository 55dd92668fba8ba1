import { type } from "arktype";
import { beatOf, listPatterns, type PatternRow, type Rhythm } from "../../reports/patterns.ts";
import { listSessionSpans, type SessionSpan } from "../../reports/session-spans.ts";
import { HOUR_MS, ZoneClock } from "../../usage/day.ts";
import type { Usage } from "../../usage/usage.ts";
import { type Route, route } from "../route.ts";
import { answerPage, type Order, pageOf } from "./paging.ts";
import { meanMinutes, USAGE_FIELDS, usageFields } from "./usage-fields.ts";
import { filterOf, PatternsQuery } from "./usage-query.ts";

const PATTERNS: Order = { list: "patterns", by: ["n+"] };

const Patterns = type({
	period: "'hour' | 'day' | 'week'",
	patterns: type({
		period: "string",
		session_count: "number.integer",
		...USAGE_FIELDS,
		avg_duration_minutes: "number.integer | null",
	}).array(),
});

/** What a person used at the same hour, weekday or week, and the sessions that were last active then. */
export function patternsRoute(): Route {
	return route({
		method: "GET",
		path: "/api/usage/analytics/patterns",
		access: "read",
		text: {
			summary:
				"Usage by local hour (00 to 23), weekday (0 is Sunday) or week of the year (01 begins with the first Monday)",
			reply: Patterns,
		},
		query: PatternsQuery,
		async answer(ask, { source: { db, asker, zone } }) {
			const { period = "day" } = ask.query;
			const filter = filterOf(ask.query, zone);
			const [used, spans] = await Promise.all([
				listPatterns(db, asker, filter, period),
				listSessionSpans(db, asker, filter),
			]);
			const page = pageOf(rowsOf(used, spans, period, zone), PATTERNS, ({ beat }) => [beat], ask.query);
			const items = page.items.map((row) => rowOf(row, period));
			return answerPage(ask, PATTERNS, { ...page, items }, (patterns) => ({ period, patterns }));
		},
	});
}

type Beat = { beat: number; usage: Usage; spans: SessionSpan[] };

/** A session is where it was last active: its last response is of that time, so there is usage. */
function rowsOf(used: readonly PatternRow[], spans: SessionSpan[], period: Rhythm, zone: string): Beat[] {
	const clock = new ZoneClock(zone);
	const bySpan = Map.groupBy(spans, ({ lastAt }) => {
		const hour = Math.floor((lastAt + clock.spanAt(lastAt).offset) / HOUR_MS);
		return beatOf(hour, period);
	});
	return used.map((usage) => ({ beat: usage.beat, usage, spans: bySpan.get(usage.beat) ?? [] }));
}

function rowOf({ beat, usage, spans }: Beat, period: Rhythm) {
	const lengthMs = spans.reduce((sum, { firstAt, lastAt }) => sum + lastAt - firstAt, 0);
	return {
		period: period === "day" ? `${beat}` : `${beat}`.padStart(2, "0"),
		session_count: spans.length,
		...usageFields(usage),
		avg_duration_minutes: spans.length === 0 ? null : meanMinutes({ lengthMs, sessions: spans.length }),
	};
}
