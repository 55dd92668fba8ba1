import type { Unpriced } from "../../src/usage/model-measure.ts";
import { Banner } from "../parts/banner.tsx";
import { counted } from "../parts/words.ts";

const MOST_NAMED = 3;

/** What the cost leaves out, and what can be done about it. */
export function UnpricedBanner({ unpriced, isServer }: { unpriced: Unpriced; isServer: boolean }) {
	const { models, tokens, partly } = unpriced;
	const count = models.length + partly.length;
	if (count === 0) return null;
	const doing = isServer ? onServer(count) : onMachine(count);
	const missing = [
		models.length > 0 ? `${counted(tokens, "token")} of ${named(models)}` : "",
		...partly.slice(0, MOST_NAMED).map((row) => `${counted(row.unpriced, "response")} of ${row.model}`),
	].filter((text) => text !== "");
	const first = models.length > 0 ? tokens : partly[0]?.unpriced;
	const are = missing.length === 1 && Number(first) === 1 ? "is" : "are";
	return (
		<Banner
			kind="warn"
			strong={count === 1 ? "1 model has no price." : `${count} models have no price.`}
			text={`${missing.join(" and ")} ${are} not in the cost. ${doing}`}
		/>
	);
}

function onMachine(count: number): string {
	return `Give ${them(count)} a price in ~/.promptpulse/prices.json, then start the dashboard again.`;
}

function onServer(count: number): string {
	return `Whoever runs this server can give ${them(count)} a price in its prices.json, then start it again.`;
}

function them(count: number): string {
	return count === 1 ? "it" : "them";
}

function named(models: readonly string[]): string {
	const shown = models.slice(0, MOST_NAMED).join(", ");
	return models.length <= MOST_NAMED ? shown : `${shown} and ${models.length - MOST_NAMED} more`;
}
