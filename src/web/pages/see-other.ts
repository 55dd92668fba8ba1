/** A redirect that the browser follows with GET. */
export function seeOther(location: string, ...cookies: readonly string[]): Response {
	const headers = new Headers({ location });
	for (const cookie of cookies) headers.append("set-cookie", cookie);
	return new Response(null, { status: 303, headers });
}

/** The path within these pages, `/` for anything that could lead elsewhere. */
export function localPath(next: unknown): string {
	if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return "/";
	const url = URL.parse(next, "http://localhost");
	const isHere = url?.origin === "http://localhost" && !url.pathname.startsWith("//");
	return isHere ? url.pathname + url.search : "/";
}
