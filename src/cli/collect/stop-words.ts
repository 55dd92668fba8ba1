import type { PushStop } from "../../collector/waiting.ts";

/**
 * Says why a server did not get everything.
 *
 * @param kept what becomes of the rest, a whole sentence
 */
export function stopWords(server: string, { code, why }: PushStop, kept: string): string {
	if (code !== "key_refused") return `The server ${server} ${why}. ${kept}`;
	return `${server} does not accept the key (it ${why}). Run promptpulse login with a good one. ${kept}`;
}
