import type { Span } from "../../src/reports/overview.ts";
import type { Metric } from "../../src/usage/overview-query.ts";
import { percent, points, roundMoney, short, whole } from "../parts/words.ts";
import { measure } from "./measure.ts";

/** A change in words: an arrow, how much, and what it is compared with. */
type Change = { direction?: "up" | "down" | undefined; by: string; with: string };

/** How a span's measure differs from the span before. Dearer and cheaper look the same: both are facts. */
export function Delta({ metric, span, before }: { metric: Metric; span: Span; before: Span }) {
	const change = changeOf(metric, span, before);
	return (
		<span class="delta">
			{change.direction ? <Arrow direction={change.direction} /> : null}
			{change.by === "" ? null : (
				<span class="delta-by" safe>
					{change.by}
				</span>
			)}
			{change.with === "" ? null : <span safe>{` ${change.with}`}</span>}
		</span>
	);
}

function Arrow({ direction }: { direction: "up" | "down" }) {
	return (
		<>
			<svg class="delta-arrow" width="8" height="8" viewBox="0 0 8 8" aria-hidden="true" focusable="false">
				<path d={direction === "up" ? "M4 1 7.5 7h-7Z" : "M4 7 .5 1h7Z"} />
			</svg>
			<span class="reader">{direction === "up" ? "up " : "down "}</span>
		</>
	);
}

/** @internal */
function changeOf(metric: Metric, span: Span, before: Span): Change {
	const saved = metric === "cache" ? savedWords(span) : "";
	const base = measure(metric, before);
	const now = measure(metric, span);
	if (before.activeDays === 0 || base === undefined || now === undefined) {
		return { by: "", with: saved === "" ? "no earlier data" : saved };
	}
	if (metric === "cache") {
		const by = points(Math.abs(now - base));
		if (by === "0.0") return { by: "", with: saved === "" ? "no change" : saved };
		return { direction: direction(now, base), by: `${by}\u00a0pt`, with: saved };
	}
	if (now === base) return { by: "", with: "no change" };
	const compared = `vs ${baseWords(metric, base)}`;
	// No share tells how much more than nothing it is.
	if (base === 0) return { by: "", with: compared };
	return { direction: direction(now, base), by: percent(Math.abs(now - base) / base), with: compared };
}

/** `saved $6,204`: what reading from the cache spared, less what writing to it cost. */
export function savedWords({ savedNanoUsd }: Span): string {
	if (savedNanoUsd === 0) return "";
	return savedNanoUsd > 0 ? `saved ${roundMoney(savedNanoUsd)}` : `cost ${roundMoney(-savedNanoUsd)} more`;
}

function direction(now: number, base: number): "up" | "down" {
	return now > base ? "up" : "down";
}

function baseWords(metric: Metric, base: number): string {
	if (metric === "cost") return roundMoney(base);
	return metric === "tokens" ? short(base) : whole(base);
}
