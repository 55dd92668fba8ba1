import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { CHECKS_FAILED, DONE } from "../exit-code.ts";
import { counted } from "../screen/format.ts";
import { plain, type Terminal } from "../screen/terminal.ts";
import { ALL_CHECKS } from "./all-checks.ts";
import { examine, type Finding, type State } from "./check.ts";
import { checkLines, SILENT } from "./check-lines.ts";
import { Scene } from "./scene.ts";

export type MachineDoctorFlags = { fix?: boolean; json?: boolean };

/**
 * `promptpulse doctor`: looks for whatever may be why a number is missing on this machine. Nothing is collected, and
 * nothing is written but what `--fix` mends.
 */
export async function examineMachine(
	context: Context,
	{ fix = false, json = false }: MachineDoctorFlags,
): Promise<number> {
	const { terminal } = context;
	const scene = new Scene(context);
	const hearer = json ? SILENT : checkLines(terminal);
	const clean = (sentence: string) => withoutKeys(plain(sentence), secretsOf(scene));
	try {
		const { findings, fixed } = await examine(ALL_CHECKS, { scene, hearer, fix, clean });
		if (json) terminal.out(jsonText({ checks: findings.map(findingJson), ...countsOf(findings), fixed }));
		else tellSum(terminal, findings, fixed);
		return findings.some(({ state }) => state === "failed") ? CHECKS_FAILED : DONE;
	} finally {
		await scene.close();
	}
}

function findingJson({ check, state, found, why, mend }: Finding): object {
	return { check, state, found, why: why ?? null, mend: mend ?? null };
}

function countsOf(findings: readonly Finding[]): { passed: number; warnings: number; failed: number } {
	const count = (wanted: State) => findings.filter(({ state }) => state === wanted).length;
	return { passed: count("passed"), warnings: count("warning"), failed: count("failed") };
}

function tellSum(terminal: Terminal, findings: readonly Finding[], fixed: readonly string[]): void {
	const { passed, warnings, failed } = countsOf(findings);
	terminal.out("");
	for (const sentence of fixed) terminal.out(sentence);
	const trouble = [
		failed > 0 ? `${failed} failed` : "",
		warnings > 0 ? `${counted(warnings, "warning")}` : "",
	].filter(Boolean);
	terminal.out(
		trouble.length === 0
			? `All ${passed} checks passed.`
			: `Of ${findings.length} checks ${passed} passed: ${trouble.join(", ")}.`,
	);
}

/** What may stand in a sentence only by somebody's doing: a server may send back the key that it was shown. */
function secretsOf(scene: Scene): string[] {
	const given = scene.config.apiKey;
	try {
		return [given, scene.login().login.apiKey].filter((key) => key !== undefined);
	} catch {
		// A file that cannot be read gives no key to anybody.
		return given === undefined ? [] : [given];
	}
}

/** A shorter text is no key, and may stand in any word. */
const SHORTEST_KEY = 8;

function withoutKeys(sentence: string, keys: readonly string[]): string {
	return keys
		.filter((key) => key.length >= SHORTEST_KEY)
		.reduce((text, key) => text.replaceAll(key, "…"), sentence);
}
