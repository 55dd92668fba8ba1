/** One thing that is taken for granted of a database, and how it is looked at. */
export type Check<Scene> = {
	/** What it is about, in a few words. Programs find it by them. */
	name: string;
	/** Whole sentences: what to do where it does not hold. */
	hint: string;
	/** Without it nothing that comes after it can be looked at. */
	isNeeded?: boolean;
	/** A connection that is lost is what it looks for, and not that the network fails meanwhile. */
	isAboutLoss?: boolean;
	/**
	 * Gives what was found: measured, where it says something.
	 *
	 * @throws Unmet where it does not hold; whatever else it throws means the same
	 */
	look(scene: Scene): Promise<string | Looked>;
};

/** It holds, and there is something to be said of it. `advice` is whole sentences: what to do. */
export type Looked = { detail: string; advice: string };

/** What a check came to. */
export type Finding = {
	check: string;
	passed: boolean;
	detail: string;
	/** What to do, where there is something. */
	hint: string | undefined;
	/** What it failed with. */
	error?: unknown;
};

/** It does not hold. The message says what was found instead. */
export class Unmet extends Error {
	/** @param hint over that of the check */
	constructor(
		message: string,
		readonly hint?: string,
	) {
		super(message);
		this.name = "Unmet";
	}
}

/** Who hears of checks, each as it is made. */
export type Hearer = {
	begin?(check: string): void;
	tell(finding: Finding): void;
};

/** Puts what an error says into words for people; `hint` is left out where the check's own is better. */
export type Explain = (error: unknown) => { detail: string; hint?: string | undefined };

type Run<Scene> = {
	scene: Scene;
	hearer: Hearer;
	explain: Explain;
	/** Done after each check, whatever it came to. */
	tidy(passed: boolean): void | Promise<void>;
	signal: AbortSignal;
};

/**
 * Makes checks one after the other, and none after one that all others need. What is interrupted has found nothing.
 */
export async function runChecks<Scene>(
	checks: readonly Check<Scene>[],
	{ scene, hearer, explain, tidy, signal }: Run<Scene>,
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const check of checks) {
		if (signal.aborted) break;
		hearer.begin?.(check.name);
		const finding = await makeCheck(check, scene, explain);
		await tidy(finding.passed);
		if (signal.aborted) break;
		findings.push(finding);
		hearer.tell(finding);
		if (check.isNeeded && !finding.passed) break;
	}
	return findings;
}

/** Makes one check. */
export async function makeCheck<Scene>(
	check: Check<Scene>,
	scene: Scene,
	explain: Explain,
): Promise<Finding> {
	try {
		const looked = await check.look(scene);
		const { detail, advice } = typeof looked === "string" ? { detail: looked, advice: undefined } : looked;
		return { check: check.name, passed: true, detail, hint: advice };
	} catch (error) {
		const { detail, hint } = explain(error);
		return { check: check.name, passed: false, detail, hint: hintOf(check, error, hint), error };
	}
}

function hintOf<Scene>(check: Check<Scene>, error: unknown, explained: string | undefined): string {
	if (error instanceof Unmet) return error.hint ?? check.hint;
	return (check.isAboutLoss ? undefined : explained) ?? check.hint;
}

/** @param found what to say where it does not hold */
export function expectThat(holds: boolean, found: string): asserts holds {
	if (!holds) throw new Unmet(found);
}

/** @param what what was looked at, the beginning of a sentence */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
	if (Bun.deepEquals(actual, expected, true)) return;
	throw new Unmet(`${what} came as ${shown(actual)} and not as ${shown(expected)}`);
}

const LONGEST_SHOWN = 80;

function shown(value: unknown): string {
	const text = Bun.inspect(value, { compact: true, colors: false }).replace(/\s+/g, " ");
	return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** The ledger's SQL needs SQLite 3.38. */
const LEAST_MINOR = 38;

/** @param version as SQLite tells it, such as `3.54.1` */
export function expectNewSqlite(version: unknown): string {
	const text = String(version);
	const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(text) ?? [];
	expectThat(Number(major) > 3 || (Number(major) === 3 && Number(minor) >= LEAST_MINOR), text);
	return text;
}

/** Tells how long ago it was made, in ms. */
export function stopwatch(): () => number {
	const since = performance.now();
	return () => performance.now() - since;
}

/** `0.3 ms`, `142 ms` */
export function msText(ms: number): string {
	return `${ms < 10 ? ms.toFixed(1) : whole(Math.round(ms))} ms`;
}

const WHOLE = new Intl.NumberFormat("en-US");

/** `62,974` */
export function whole(count: number): string {
	return WHOLE.format(count);
}

export function medianOf(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? 0;
}
