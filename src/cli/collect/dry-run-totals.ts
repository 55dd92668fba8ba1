import { previewTotals } from "../../collector/preview-totals.ts";
import { bodyOf, type DueTotal } from "../../collector/totals-plan.ts";
import type { Fact } from "../screen/facts.ts";
import { counted } from "../screen/format.ts";
import { listOf } from "../screen/list-of.ts";
import { TOTAL_NOUNS } from "./totals-words.ts";

type Preview = Parameters<typeof previewTotals>;

/** Each body as it would be sent. */
export async function* totalsBodies(...preview: Preview): AsyncGenerator<string> {
	yield* (await previewTotals(...preview)).map(bodyOf);
}

/** @param host of the server, if one is set */
export async function totalsFacts(host: string | undefined, ...preview: Preview): Promise<Fact[]> {
	const [, { kind, privacy }] = preview;
	const totals: DueTotal[] = (await previewTotals(...preview)).flat();
	const [first] = totals;
	if (!first) {
		return [{ label: "Would be sent", lines: [host ? `Nothing: ${host} has everything.` : "Nothing."] }];
	}
	const to = host ? ` to ${host}` : ", if this machine were logged in";
	const projects = totals.flatMap(({ record }) =>
		"project_path" in record && typeof record.project_path === "string" ? [record.project_path] : [],
	);
	const lines = `${listOf(new Set(projects))} (PROJECT_PATH_PRIVACY is ${privacy.setting})`;
	return [
		{ label: "Would be sent", lines: [`${counted(totals.length, TOTAL_NOUNS[kind])}${to}`] },
		{ label: "Of machines", lines: [listOf(new Set(totals.map(({ label }) => label)))] },
		...(kind === "session" ? [{ label: "Projects", lines: [lines] }] : []),
		{ label: "Fields", lines: [listOf(new Set(Object.keys(first.record)), Number.POSITIVE_INFINITY)] },
		{ label: "To see all", lines: [`promptpulse collect --dry-run -g ${kind} --json`] },
	];
}
