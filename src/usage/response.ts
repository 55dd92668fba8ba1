import type { Attribution, Counted, ExtraPart, UsageEvent } from "./event.ts";

/**
 * Two sightings of one response become one. Counters and attribution are decided apart: the larger count and the
 * earlier place win. The result is the same whatever the order and however often each sighting comes, so partial
 * reads, copies and repeated uploads all end alike.
 *
 * @returns `known` itself where `seen` adds nothing
 */
export function mergeEvents(known: UsageEvent, seen: UsageEvent): UsageEvent {
	const counted = compareCounted(seen, known) > 0 ? seen : known;
	const placed = isBetterPlace(seen, known) ? seen : known;
	const sidechainOnly = known.sidechainOnly && seen.sidechainOnly;
	if (counted === known && placed === known && sidechainOnly === known.sidechainOnly) return known;
	return {
		key: known.key,
		message: known.message,
		sidechainOnly,
		model: counted.model,
		input: counted.input,
		output: counted.output,
		cacheWrite5m: counted.cacheWrite5m,
		cacheWrite1h: counted.cacheWrite1h,
		cacheRead: counted.cacheRead,
		webSearches: counted.webSearches,
		speed: counted.speed,
		geo: counted.geo,
		tier: counted.tier,
		reportedNanoUsd: counted.reportedNanoUsd,
		extra: counted.extra,
		countedAt: counted.countedAt,
		at: placed.at,
		session: placed.session,
		fork: placed.fork,
		progress: placed.progress,
		sidechain: placed.sidechain,
		project: placed.project,
		folder: placed.folder,
		branch: placed.branch,
		agent: placed.agent,
		version: placed.version,
		machine: placed.machine,
	};
}

/**
 * Merges into `known` itself what only counts more or came later: what most further lines of a response do.
 *
 * @returns false, and nothing is changed, where it takes {@link mergeEvents}
 */
export function raiseEvent(known: UsageEvent, seen: Readonly<UsageEvent>): boolean {
	if (!isSameButCount(known, seen) || !isPlacedAlike(known, seen)) return false;
	if (seen.output > known.output || (seen.output === known.output && seen.countedAt > known.countedAt)) {
		known.output = seen.output;
		known.countedAt = seen.countedAt;
	}
	return true;
}

function isSameButCount(a: Readonly<Counted>, b: Readonly<Counted>): boolean {
	return (
		a.input === b.input &&
		a.cacheRead === b.cacheRead &&
		a.cacheWrite5m === b.cacheWrite5m &&
		a.cacheWrite1h === b.cacheWrite1h &&
		a.webSearches === b.webSearches &&
		a.model === b.model &&
		a.speed === b.speed &&
		a.geo === b.geo &&
		a.tier === b.tier &&
		a.reportedNanoUsd === b.reportedNanoUsd &&
		a.extra === undefined &&
		b.extra === undefined
	);
}

/** Whether `seen` takes nothing over: it is later, or of the same place altogether. */
function isPlacedAlike(known: Readonly<UsageEvent>, seen: Readonly<UsageEvent>): boolean {
	if (known.sidechainOnly && !seen.sidechainOnly) return false;
	if (seen.at > known.at) return true;
	return (
		seen.at === known.at &&
		seen.session === known.session &&
		seen.fork === known.fork &&
		seen.progress === known.progress &&
		seen.sidechain === known.sidechain &&
		seen.machine === known.machine &&
		seen.folder === known.folder &&
		seen.project === known.project &&
		seen.branch === known.branch &&
		seen.agent === known.agent &&
		seen.version === known.version
	);
}

/** Whether two sightings cost the same: nothing of them differs that a price depends on. */
export function isSamePriced(a: UsageEvent, b: UsageEvent): boolean {
	return a.at === b.at && a.output === b.output && contentOf(a) === contentOf(b);
}

/** Greater output, then greater sum, then later line; what is left is settled by content, so that order never is. */
export function compareCounted(a: Counted, b: Counted): number {
	return (
		a.output - b.output ||
		sumOf(a) - sumOf(b) ||
		a.countedAt - b.countedAt ||
		compareText(contentOf(a), contentOf(b))
	);
}

function sumOf(counted: Counted): number {
	return counted.input + counted.output + counted.cacheWrite5m + counted.cacheWrite1h + counted.cacheRead;
}

function contentOf(counted: Counted): string {
	return JSON.stringify([
		counted.model,
		counted.input,
		counted.cacheWrite5m,
		counted.cacheWrite1h,
		counted.cacheRead,
		counted.webSearches,
		counted.speed,
		counted.geo,
		counted.tier,
		counted.reportedNanoUsd,
		counted.extra?.map(contentOfPart),
	]);
}

function contentOfPart(part: ExtraPart): unknown[] {
	return [part.model, part.input, part.output, part.cacheWrite5m, part.cacheWrite1h, part.cacheRead];
}

/** The earlier place: smaller (at, fork, progress, sidechain, session). */
function isBetterPlace(seen: Attribution, known: Attribution): boolean {
	const rank =
		seen.at - known.at ||
		Number(seen.fork) - Number(known.fork) ||
		Number(seen.progress) - Number(known.progress) ||
		Number(seen.sidechain) - Number(known.sidechain) ||
		compareText(seen.session, known.session);
	if (rank !== 0) return rank < 0;
	if (seen.machine !== known.machine) return false;
	// A machine knows the folder of its own lines and decides among equal copies by content, whatever their order.
	// What it sends has none: there the later word on project and branch is the better informed one.
	if (seen.folder !== undefined && known.folder !== undefined) {
		return compareText(placeOf(seen), placeOf(known)) < 0;
	}
	return seen.project !== known.project || seen.branch !== known.branch;
}

function placeOf(attribution: Attribution): string {
	return JSON.stringify([
		attribution.folder,
		attribution.branch ?? "",
		attribution.agent ?? "",
		attribution.version ?? "",
	]);
}

function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
