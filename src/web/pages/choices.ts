import { Elysia } from "elysia";
import { THEMES } from "../shell.ts";

const A_YEAR = 31_536_000;

/** What a person chooses by a form: `POST /theme`, `POST /sample/leave`. Both lead back to a page. */
export function choices() {
	return new Elysia({ name: "pages/choices" })
		.post("/theme", ({ body }) => {
			const { theme, next } = fieldsOf(body);
			const chosen = THEMES.find((known) => known === theme) ?? "auto";
			return seeOther(localPath(next), `theme=${chosen}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax`);
		})
		.post("/sample/leave", () => seeOther("/", `${LEFT_SAMPLE}=1; Path=/; SameSite=Lax`));
}

const LEFT_SAMPLE = "promptpulse-no-sample";

/** Whether a person has seen enough of made-up data. */
export function hasLeftSample(request: Request): boolean {
	return new Bun.CookieMap(request.headers.get("cookie") ?? "").has(LEFT_SAMPLE);
}

/** A redirect that the browser follows with GET. */
export function seeOther(location: string, cookie: string): Response {
	return new Response(null, { status: 303, headers: { location, "set-cookie": cookie } });
}

function fieldsOf(body: unknown): Record<string, unknown> {
	return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}

/** The path within these pages, `/` for anything that could lead elsewhere. */
export function localPath(next: unknown): string {
	if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return "/";
	const url = new URL(next, "http://localhost");
	return url.origin === "http://localhost" ? url.pathname + url.search : "/";
}
