import noticesFile from "../generated/notices.json.file" with { type: "file" };
import { jsonText } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import { DONE } from "./exit-code.ts";
import { licenceText, type Notices } from "./licence-text.ts";

/** `promptpulse licenses`: what is in this program that others made, and under which licences. */
export async function licenses({ terminal }: Context, { json }: { json?: boolean }): Promise<number> {
	const notices: Notices = await Bun.file(noticesFile).json();
	terminal.out(json ? jsonText(notices) : licenceText(notices));
	return DONE;
}
