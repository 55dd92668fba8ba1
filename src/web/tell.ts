import { MessagePage } from "../../views/message.tsx";
import { ASSET_URLS } from "./assets.ts";
import { type Problem, TOO_SLOW } from "./errors.ts";
import { themeOf } from "./shell.ts";

/** A problem as a page, or as JSON under `/api`. */
export function tell(problem: Problem, request: Request): Response {
	const { status, code, title, sentence, hint, apiHint = hint, waitMs, fields } = problem;
	const headers = new Headers();
	if (waitMs !== undefined) headers.set("retry-after", String(Math.ceil(waitMs / 1_000)));
	// Otherwise the rest of what comes too slowly would go on coming.
	if (status === TOO_SLOW.status) headers.set("connection", "close");
	if (URL.parse(request.url)?.pathname.startsWith("/api/")) {
		return Response.json(
			{ error: `${sentence} ${apiHint}`, code, ...(fields && { fields }) },
			{ status, headers },
		);
	}
	const page = MessagePage({ theme: themeOf(request), assets: ASSET_URLS, status, title, sentence, hint });
	headers.set("content-type", "text/html; charset=utf-8");
	return new Response(String(page), { status, headers });
}
