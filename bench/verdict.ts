import type { Measured } from "./measure.ts";
import { formatMegabytes, formatMs, formatRatio, table } from "./table.ts";

/** One target, what was found, and whether it was met. */
export type Verdict = {
	what: string;
	own: string;
	peer: string;
	ratio: string;
	target: string;
	isMet: boolean;
};

/** One figure of promptpulse, and of what it is held against. */
export type Comparison = { what: string; figure: "wallMs" | "cpuMs"; own: Measured; peer: Measured };

/** Promptpulse may take this many times what the peer takes. */
export function takesAtMost(limit: number, comparison: Comparison): Verdict {
	const { own, peer, figure } = comparison;
	const ratio = own[figure] / peer[figure];
	return {
		...told(comparison),
		ratio: formatRatio(ratio),
		target: `at most ${limit}x`,
		isMet: ratio <= limit,
	};
}

/** Promptpulse has to be this many times as fast: the peer takes as much longer. */
export function isTimesAsFast(limit: number, comparison: Comparison): Verdict {
	const { own, peer, figure } = comparison;
	const ratio = peer[figure] / own[figure];
	return {
		...told(comparison),
		ratio: `${formatRatio(ratio)} as fast`,
		target: `at least ${limit}x as fast`,
		isMet: ratio >= limit,
	};
}

export function holdsAtMost(limitMegabytes: number, what: string, bytes: number): Verdict {
	return {
		what,
		own: formatMegabytes(bytes),
		peer: "",
		ratio: "",
		target: `at most ${limitMegabytes} MB`,
		isMet: bytes <= limitMegabytes * 1e6,
	};
}

export function verdictTable(verdicts: readonly Verdict[]): string {
	const rows = verdicts.map(({ what, own, peer, ratio, target, isMet }) => [
		what,
		own,
		peer,
		ratio,
		target,
		isMet ? "met" : "missed",
	]);
	return table(["", "promptpulse", "beside", "ratio", "target", ""], rows);
}

function told({ what, figure, own, peer }: Comparison): Pick<Verdict, "what" | "own" | "peer"> {
	return { what, own: formatMs(own[figure]), peer: `${peer.name}: ${formatMs(peer[figure])}` };
}
