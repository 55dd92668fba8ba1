/** A form as a browser sends it from the site's own page. */
export function form(fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit {
	return {
		method: "POST",
		headers: {
			"content-type": "application/x-www-form-urlencoded",
			"sec-fetch-site": "same-origin",
			...headers,
		},
		body: new URLSearchParams(fields).toString(),
	};
}

/** What an answer sets a cookie to, as the browser sends it back; empty where it sets none. */
export function cookieOf(response: Response): string {
	return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
