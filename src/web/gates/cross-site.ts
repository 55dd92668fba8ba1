/** Whether a method changes nothing. */
export function isSafe(method: string): boolean {
	return method === "GET" || method === "HEAD";
}

/**
 * Whether another site's page sent a request. Browsers say where a form was sent from, over plain http only its origin.
 * What says neither is no browser and has no cookies to be misused.
 *
 * @param own the origin that the site is seen under
 */
export function isCrossSite(request: Request, own: string): boolean {
	const site = request.headers.get("sec-fetch-site");
	if (site !== null) return site !== "same-origin" && site !== "none";
	const origin = request.headers.get("origin");
	return origin !== null && origin !== own;
}
