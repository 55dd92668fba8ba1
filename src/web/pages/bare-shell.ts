import type { BareShell } from "../../../views/layout.tsx";
import { ASSET_URLS } from "../assets.ts";
import { themeOf } from "../shell.ts";

/** What a page has around it that shows nobody's usage. */
export function bareShellOf(request: Request): BareShell {
	return { theme: themeOf(request), assets: ASSET_URLS };
}

/** The host that people see the site under. */
export function serverName(origin: string): string {
	return new URL(origin).host;
}
