import type { Span } from "../../src/reports/overview.ts";
import { parseDay } from "../../src/usage/day.ts";
import { OVERVIEW, parseOverviewQuery } from "../../src/usage/overview-query.ts";
import { lengthOf, type Period } from "../../src/usage/period.ts";
import { NO_USAGE, sumUsage, type Usage } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import type { Shell } from "../../views/layout.tsx";
import type { OverviewData, OverviewProps } from "../../views/overview.tsx";

export const TODAY = parseDay("2026-11-24") ?? 0;
export const NOW = Date.UTC(2026, 10, 24, 11, 5);
const HOUR_MS = 3_600_000;

export const SHELL: Shell = {
	theme: "auto",
	title: "Overview",
	assets: {
		css: "/assets/app.css",
		font: "/assets/geist.woff2",
		htmx: "/assets/htmx.js",
		charts: "/assets/charts.js",
		icon: "/assets/icon.svg",
	},
	zone: "Europe/Berlin",
	now: NOW,
	asOf: NOW - 120_000,
	version: "1.2.3",
	pricesOf: "@pydantic/genai-prices 0.1.8",
	sample: false,
	usage: "one",
	keys: true,
};

/** Names that a page is full of. */
export type Names = { project: string; model: string; machine: string; session: string };

export const PLAIN: Names = {
	project: "/home/ann/shop",
	model: "claude-opus-4-6",
	machine: "maya-mbp",
	session: "7f3a9c21-4d18-4a5e-9b0c-1f2e3d4c5b6a",
};

const UUID = "11111111-1111-4111-8111-111111111111";

/** `dollars` of usage in ten responses. */
export function used(dollars: number, more: Partial<Usage> = {}): Usage {
	return {
		...NO_USAGE,
		input: 1_000,
		output: 2_000,
		cacheWrite5m: 3_000,
		cacheRead: 94_000,
		responses: 10,
		costNanoUsd: Math.round(dollars * 1e9),
		...more,
	};
}

/** An overview of one project, model and machine: a dollar a day, in the period and in the one before. */
export function propsOf(query = "", names: Names = PLAIN): OverviewProps {
	const parsed = parseOverviewQuery(new URLSearchParams(query), {
		today: TODAY,
		firstDay: TODAY - 60,
	});
	const part = { project: names.project, model: names.model, machine: UUID, kind: "Cache read" }[parsed.by];
	const span = daily(parsed.period, part);
	const row = { ...span.usage, models: [{ ...span.usage, model: names.model }] };
	const list = (name: string, label = name) => ({ rows: [{ ...row, name, label }], count: 1 });
	const start = Date.UTC(2026, 10, 24, 8);
	return {
		shell: SHELL,
		view: new View(OVERVIEW, parsed),
		known: {
			projects: [names.project],
			models: [names.model],
			machines: [{ uuid: UUID, label: names.machine, lastSeen: NOW - 4 * 24 * HOUR_MS }],
		},
		today: TODAY,
		data: {
			span,
			before: parsed.before && daily(parsed.before, part),
			projects: list(names.project),
			models: list(names.model),
			machines: list(UUID, names.machine),
			sessions: {
				rows: [
					{ ...used(2), session: names.session, project: names.project, firstAt: NOW - HOUR_MS, lastAt: NOW },
				],
				count: 31,
			},
			calendar: { since: TODAY - 1 - 52 * 7, costs: Array.from({ length: 366 }, (_, i) => (i % 5) * 1e9) },
			block: {
				...used(18.42),
				start,
				end: start + 5 * HOUR_MS,
				firstAt: start,
				lastAt: NOW,
				models: [names.model],
				isActive: true,
				burnRate: { tokensPerMinute: 134_000, indicatorPerMinute: 1_600, costUsdPerHour: 6.04 },
				projection: { remainingMinutes: 115, totalTokens: 40_000_000, totalCostUsd: 30.2 },
			},
			reported: [],
			plan: undefined,
			openedAt: null,
			unpriced: { models: [], tokens: 0 },
		},
	};
}

/** The same page with something else in it. */
export function withData(props: OverviewProps, data: Partial<OverviewData>): OverviewProps {
	return { ...props, data: { ...props.data, ...data } };
}

/** Every day of a period has `usage` under one name. */
export function daily(period: Period, name: string, usage: Usage = used(1)): Span {
	const slots = Array.from({ length: lengthOf(period) }, (_, i) => ({
		bucket: period.since + i,
		usage,
		sessions: 1,
		activeDays: 1,
		parts: [{ name, usage }],
	}));
	return {
		period,
		bucket: "day",
		slots,
		usage: sumUsage(slots.map((slot) => slot.usage)),
		sessions: slots.length,
		activeDays: slots.length,
		savedNanoUsd: 5e9,
	};
}

/** A period without any usage. */
export function unused(span: Span): Span {
	const slots = span.slots.map(({ bucket }) => ({
		bucket,
		usage: NO_USAGE,
		sessions: 0,
		activeDays: 0,
		parts: [],
	}));
	return { ...span, slots, usage: NO_USAGE, sessions: 0, activeDays: 0, savedNanoUsd: 0 };
}
