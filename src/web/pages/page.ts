/** Markup as an answer. */
export function page(markup: string | Promise<string>, status = 200): Response {
	return new Response(String(markup), { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
