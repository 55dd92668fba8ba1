import { CROSS_SITE, NO_ACCESS, type Problem, TOO_LARGE, WRONG_HOST } from "./errors.ts";
import { isLoopback, type LinkAccess } from "./link-access.ts";

/** What anyone on the machine may have: no usage is in it. */
const OPEN_PATHS = /^\/(assets\/|open\/|livez$)/;

/** No page of one's own needs more than a form of a few words, in bytes. */
const LARGEST_BODY = 64 * 1024;

/** Why a request is refused before any route sees it, or undefined. */
export function refusalOf(request: Request, access: LinkAccess): Problem | undefined {
	const url = URL.parse(request.url);
	if (!url || !isLoopback(url)) return WRONG_HOST;
	if (Number(request.headers.get("content-length")) > LARGEST_BODY) return TOO_LARGE;
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
