import type { Shell } from "../../views/layout.tsx";
import { isAdmin } from "../account/account.ts";
import { VERSION } from "../version.ts";
import { ASSET_URLS } from "./assets.ts";
import type { Ask, Viewer } from "./route.ts";
import { doneOf } from "./tell-done.ts";

export const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

/** The theme that a person chose, kept in a cookie so that the page comes in it at once. */
export function themeOf(request: Request): Theme {
	const chosen = new Bun.CookieMap(request.headers.get("cookie") ?? "").get("theme");
	return THEMES.find((theme) => theme === chosen) ?? "auto";
}

/** Whether single keys do something: a person may have turned them off. */
function hasKeys(request: Request): boolean {
	return new Bun.CookieMap(request.headers.get("cookie") ?? "").get("keys") !== "off";
}

/** What every page of a ledger has around it. */
export function shellOf(
	{ request, origin, now }: Pick<Ask, "request" | "origin" | "now">,
	{ source, account, csrf, hasBoard }: Viewer,
	title: string,
): Shell {
	return {
		theme: themeOf(request),
		title,
		assets: ASSET_URLS,
		zone: source.zone,
		now,
		asOf: source.asOf,
		version: VERSION,
		pricesOf: source.pricesOf,
		sample: source.isSample,
		usage: source.version,
		keys: hasKeys(request),
		board: account !== undefined && (hasBoard === true || isAdmin(account)),
		done: doneOf(request),
		account:
			account && csrf !== undefined
				? {
						username: account.username,
						server: new URL(origin).host,
						csrf,
						isAdmin: isAdmin(account),
					}
				: undefined,
	};
}
