import { AppError } from "../../errors.ts";
import type { Scene } from "./scene.ts";

export type State = "passed" | "warning" | "failed";

/** Mends what was found, and gives sentences that say what it did. */
export type Fix = () => string[] | Promise<string[]>;

/** How it stands. */
export type Looked = {
	state: State;
	/** What was found. */
	found: string;
	/** Whole sentences: the one thing to do about it. */
	mend?: string | undefined;
	/** Where it can be mended without harm and without asking. */
	fix?: Fix | undefined;
};

/** One thing that may be why a number is missing. */
export type Check = {
	/** What it is about, in a few words. Programs find it by them. */
	name: string;
	/** A whole sentence: what goes wrong where it does not hold. */
	why: string;
	/** Whatever it throws means that it does not hold. */
	look(scene: Scene): Looked | Promise<Looked>;
};

/** What a check came to; `why` and `mend` only where something is to be done. */
export type Finding = {
	check: string;
	state: State;
	found: string;
	why: string | undefined;
	mend: string | undefined;
};

export function passed(found: string): Looked {
	return { state: "passed", found };
}

export function warning(found: string, mend: string, fix?: Fix): Looked {
	return { state: "warning", found, mend, fix };
}

export function failed(found: string, mend: string | undefined, fix?: Fix): Looked {
	return { state: "failed", found, mend, fix };
}

/** What an error says of what was looked at. */
export function failedBy(error: unknown): Looked {
	if (error instanceof AppError) return failed(error.message, error.hint);
	const what = error instanceof Error ? error.message : String(error);
	return failed(`It could not be looked at (${what}).`, "See that the file or folder named there is yours.");
}

/** Who hears of checks, each as it is made. */
export type Hearer = { begin(check: string): void; tell(finding: Finding): void };

export type Examination = {
	scene: Scene;
	hearer: Hearer;
	/** Whether what can be mended without harm is to be mended. */
	fix: boolean;
	/** Takes secrets out of a sentence. */
	clean: (sentence: string) => string;
};

/**
 * Makes checks one after the other. None can end the others.
 *
 * @returns also what was mended, in sentences
 */
export async function examine(
	checks: readonly Check[],
	{ scene, hearer, fix, clean }: Examination,
): Promise<{ findings: Finding[]; fixed: string[] }> {
	const findings: Finding[] = [];
	const fixed: string[] = [];
	for (const check of checks) {
		hearer.begin(check.name);
		let looked = await lookSafely(check, scene);
		if (fix && looked.fix) {
			try {
				fixed.push(...(await looked.fix()).map(clean));
				scene.forget();
				looked = await lookSafely(check, scene);
			} catch (error) {
				const { found } = failedBy(error);
				looked = { ...looked, found: `${looked.found} It could not be mended: ${found}` };
			}
		}
		const { state, found, mend } = looked;
		const finding: Finding = {
			check: check.name,
			state,
			found: clean(found),
			why: state === "passed" ? undefined : check.why,
			mend: mend === undefined ? undefined : clean(mend),
		};
		findings.push(finding);
		hearer.tell(finding);
	}
	return { findings, fixed };
}

async function lookSafely(check: Check, scene: Scene): Promise<Looked> {
	try {
		return await check.look(scene);
	} catch (error) {
		return failedBy(error);
	}
}
