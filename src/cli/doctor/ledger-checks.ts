import { statSync } from "node:fs";
import { join } from "node:path";
import { lookAt } from "../../collector/own-files.ts";
import { readPrices } from "../../collector/own-prices.ts";
import { migrations } from "../../embedded.ts";
import type { Database } from "../../ledger/database.ts";
import { summarizeSkipped } from "../../ledger/files.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { findFirstDay } from "../../reports/first-use.ts";
import { listModels } from "../../reports/models.ts";
import { findTotals } from "../../reports/totals.ts";
import { dayText } from "../../usage/day.ts";
import { counted, megabytes } from "../screen/format.ts";
import { REASONS } from "../trouble.ts";
import { type Check, failed, failedBy, type Looked, passed, warning } from "./check.ts";
import { withLedger } from "./ledger-found.ts";
import type { Scene } from "./scene.ts";

/** The file in which usage is kept. */
export const LEDGER_CHECKS: readonly Check[] = [
	{
		name: "ledger",
		why: "All reports read this file, and every collect writes to it.",
		look: lookAtLedger,
	},
];

/** What of the usage that is kept does not come to a cost. */
export const COUNTING_CHECKS: readonly Check[] = [
	{
		name: "lines not counted",
		why: "What such a line tells is in no total.",
		look: (scene) => withLedger(scene, lookAtSkipped),
	},
	{
		name: "models without price",
		why: "Their tokens are counted, and cost nothing in any total.",
		look: lookAtPrices,
	},
];

/** More names would hide what is to be done. */
const MOST_NAMED = 5;

async function lookAtLedger(scene: Scene): Promise<Looked> {
	const found = await scene.ledger();
	if (found.is === "missing") {
		return warning(`There is none in ${scene.home.path} yet.`, "Run promptpulse collect.");
	}
	if (found.is === "unusable") return failedBy(found.error);
	const newest = migrations.at(-1)?.version;
	if (found.is === "old") {
		return warning(
			`It is whole, and its schema is older than this promptpulse's: ${found.missing.join(", ")} is to come.`,
			"Run promptpulse migrate; every collect does it too.",
		);
	}
	const { zone } = scene.config;
	const asker = { id: LOCAL_USER, zone };
	const { responses } = await findTotals(found.db, asker, { zone, mode: "calculate" });
	const day = await findFirstDay(found.db, asker, { zone });
	const since = day === undefined ? "" : ` since ${dayText(day)}`;
	const size = megabytes(lookAt(scene.home.ledger)?.size ?? 0);
	return passed(`${counted(responses, "response")}${since}, ${size}, whole, schema ${newest}`);
}

async function lookAtSkipped(db: Database): Promise<Looked> {
	const skipped = Object.entries(await summarizeSkipped(db));
	if (skipped.length === 0) return passed("None.");
	const reasons = skipped.map(
		([reason, lines]) =>
			`${counted(lines, "line")}: ${(REASONS as Record<string, string>)[reason] ?? reason}`,
	);
	return warning(
		reasons.join("; "),
		"Lines of a session that was cut off stay as they are. If there are more each day, a newer promptpulse may know them: install it, and run promptpulse collect --full.",
	);
}

async function lookAtPrices(scene: Scene): Promise<Looked> {
	const path = join(scene.home.path, "prices.json");
	// A pipe would be waited for.
	if (!(statSync(path, { throwIfNoEntry: false })?.isFile() ?? true)) {
		return failed(`${path} is no file.`, "Move it away, or put a file with prices there.");
	}
	// It throws what is wrong with the person's own ones.
	const prices = readPrices(scene.home);
	return withLedger(scene, async (db) => {
		const { zone } = scene.config;
		const rows = await listModels(db, { id: LOCAL_USER, zone }, { zone, mode: "calculate" });
		const unpriced = rows
			.filter((row) => row.unpriced > 0)
			.sort((a, b) => Number(b.unpriced) - Number(a.unpriced));
		if (unpriced.length === 0) return passed("None.");
		const names = unpriced
			.slice(0, MOST_NAMED)
			.map((row) => `${row.model} (${counted(row.unpriced, "response")})`);
		const more = unpriced.length - names.length;
		const rest = more > 0 ? ` and ${counted(more, "other model")}` : "";
		const isPriced = unpriced.some(({ model }) => prices.find(model) !== undefined);
		return warning(
			`${names.join(", ")}${rest}`,
			isPriced
				? "There is a price for some of them by now: run promptpulse collect."
				: `Give them a price in ${path}, as the README shows, and run promptpulse collect.`,
		);
	});
}
