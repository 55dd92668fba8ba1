import { expect, test } from "bun:test";
import { ReportedBanner } from "../../views/overview/reported-banner.tsx";

const REPORTED = [
	{ day: 20_514, total: 1_000, costNanoUsd: 2e9 },
	{ day: 20_514, total: 500, costNanoUsd: 1e9 },
];
const PERIOD = { since: 20_510, until: 20_520 };

test("a server's page leads to the days that were reported, and a machine's own says what lists them", () => {
	const onServer = String(ReportedBanner({ reported: REPORTED, period: PERIOD, isOnServer: true }));
	expect(onServer).toContain("$3.00 more on 1 day.");
	expect(onServer).toContain('href="/api/usage/aggregate?since=2026-02-26&amp;until=2026-03-08"');
	const own = String(ReportedBanner({ reported: REPORTED, period: PERIOD, isOnServer: false }));
	expect(own).toContain("promptpulse report daily lists them.");
	expect(own).not.toContain("<a ");
});

test("there is none where nothing was reported", () => {
	expect(ReportedBanner({ reported: [], period: PERIOD, isOnServer: true })).toBeNull();
});
