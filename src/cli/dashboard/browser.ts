import type { Context } from "../context.ts";

/** Opens a link in the person's browser, where a person looks on; says so where there is none. */
export async function openBrowser({ terminal }: Context, link: string): Promise<void> {
	if (!terminal.redraw) return;
	const { default: open } = await import("open");
	try {
		await open(link);
	} catch {
		// A machine without a desktop has nothing to open a link with.
		terminal.err("No browser could be started here: open the link above yourself.");
	}
}
