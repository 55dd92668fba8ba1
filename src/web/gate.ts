import { CROSS_SITE, NO_ACCESS, type Problem, WRONG_HOST } from "./errors.ts";
import { isLoopback, type LinkAccess } from "./link-access.ts";

/** What anyone on the machine may have: no usage is in it. */
const OPEN_PATHS = /^\/(assets\/|open\/|livez$)/;

/** Why a request is refused before any route sees it, or undefined. */
export function refusalOf(request: Request, access: LinkAccess): Problem | undefined {
	const url = new URL(request.url);
	if (!isLoopback(url)) return WRONG_HOST;
	if (!OPEN_PATHS.test(url.pathname) && !access.allows(request)) return NO_ACCESS;
	if (!isSafe(request.method) && isCrossSite(request, url)) return CROSS_SITE;
	return undefined;
}

function isSafe(method: string): boolean {
	return method === "GET" || method === "HEAD";
}

/**
 * Browsers say where a form was sent from, and those that do not say the origin. Ours is hidden from them by the pages'
 * own referrer policy, so it is asked second. What says neither is no browser and has no cookies to be misused.
 */
function isCrossSite(request: Request, url: URL): boolean {
	const site = request.headers.get("sec-fetch-site");
	if (site !== null) return site !== "same-origin" && site !== "none";
	const origin = request.headers.get("origin");
	return origin !== null && origin !== url.origin;
}
