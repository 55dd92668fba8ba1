import type { MachineCard } from "../../src/reports/machine-cards.ts";
import type { MachinesData } from "../machines.tsx";
import { silentDays } from "../parts/page-head.tsx";

/** What is to be known of a machine beside its numbers, in whole sentences that say what to do. */
export function warningsOf(
	card: MachineCard,
	{ labels, clients }: Pick<MachinesData, "labels" | "clients">,
	now: number,
): string[] {
	const name = card.alias ?? card.label;
	const warnings: string[] = [];
	const silent = card.isArchived === 1 ? undefined : silentDays({ ...card, uuid: card.machine }, now);
	if (silent !== undefined) {
		warnings.push(
			`It has been silent for ${silent} days. What it uses is kept there and comes later. Run promptpulse status on it, or archive it if it is gone.`,
		);
	}
	if (labels.filter((label) => label === name).length > 1) {
		warnings.push("Another machine has the same name. If both are one, merge them; if not, rename one.");
	}
	const newest = clients.toSorted(compareVersions).at(-1);
	if (card.client !== null && newest !== undefined && isOlder(card.client, newest)) {
		warnings.push(`It runs PromptPulse ${card.client}, and another machine has ${newest}. Bring it to date.`);
	}
	return warnings;
}

/** Of another minor version at least: what is newer by a patch alone is no reason to speak of it. */
function isOlder(version: string, newest: string): boolean {
	const [a = 0, b = 0] = numbersOf(version);
	const [c = 0, d = 0] = numbersOf(newest);
	return a < c || (a === c && b < d);
}

function compareVersions(a: string, b: string): number {
	const [left, right] = [numbersOf(a), numbersOf(b)];
	for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
	return 0;
}

function numbersOf(version: string): number[] {
	return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
