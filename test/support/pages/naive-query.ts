import { DAY } from "../ledger.ts";
import { dayNumber, localDate } from "../naive-usage.ts";
import { type Member, PRESENT } from "./page-team.ts";

/** Days, as reports number them, both included. */
export type NaiveDays = { since: number; until: number };

/** What an address asks for: its days, those it compares with, and which names pass. */
export type NaiveQuery = {
	days: NaiveDays;
	before: NaiveDays | undefined;
	today: number;
	parameters: URLSearchParams;
	passes(field: "project" | "model" | "machine", name: string): boolean;
};

/** Reads an address as its documentation says, by no code of the product's. */
export function readQuery(member: Member, parameters: URLSearchParams): NaiveQuery {
	const today = dayNumber(localDate(PRESENT, member.zone));
	const days = daysOf(member, parameters, today);
	return {
		days,
		before: beforeOf(days, parameters),
		today,
		parameters,
		passes(field, name) {
			const given = parameters.getAll(field).map((value) => {
				const [not, own] = value.startsWith("!") ? ["!", value.slice(1)] : ["", value];
				return `${not}${member.merged.get(own) ?? own}`;
			});
			const only = given.filter((value) => !value.startsWith("!"));
			return (only.length === 0 || only.includes(name)) && !given.includes(`!${name}`);
		},
	};
}

function daysOf(member: Member, parameters: URLSearchParams, today: number): NaiveDays {
	const dayOf = (name: string) => Date.parse(parameters.get(name) ?? "") / DAY;
	switch (rangeOf(parameters)) {
		case "custom":
			return { since: dayOf("from"), until: dayOf(parameters.has("to") ? "to" : "from") };
		case "today":
			return { since: today, until: today };
		case "7d":
			return { since: today - 6, until: today };
		case "month":
			return { since: dayNumber(dateOf(today).with({ day: 1 })), until: today };
		case "12m":
			return { since: dayNumber(dateOf(today).subtract({ years: 1 })) + 1, until: today };
		case "all": {
			const days = member.events.map(({ at }) => dayNumber(localDate(at, member.zone)));
			return { since: days.reduce((a, b) => Math.min(a, b), today), until: today };
		}
		default:
			return { since: today - 29, until: today };
	}
}

function beforeOf({ since, until }: NaiveDays, parameters: URLSearchParams): NaiveDays | undefined {
	const [range, compare] = [rangeOf(parameters), parameters.get("compare")];
	if (compare === "none" || range === "all") return undefined;
	const earlier = (by: Temporal.DurationLike) => ({
		since: dayNumber(dateOf(since).subtract(by)),
		until: dayNumber(dateOf(until).subtract(by)),
	});
	if (compare === "year") return earlier({ years: 1 });
	if (range === "month") return earlier({ months: 1 });
	return { since: since - (until - since + 1), until: since - 1 };
}

function rangeOf(parameters: URLSearchParams): string {
	return parameters.get("range") ?? (parameters.has("from") ? "custom" : "30d");
}

export function dateOf(day: number): Temporal.PlainDate {
	return Temporal.Instant.fromEpochMilliseconds(day * DAY)
		.toZonedDateTimeISO("UTC")
		.toPlainDate();
}
