import { Elysia } from "elysia";
import type { LinkAccess } from "../link-access.ts";
import { THEMES } from "../shell.ts";

const A_YEAR = 31_536_000;

/** What a person chooses by a form: `POST /theme`, `POST /sample/leave`. Both lead back to a page. */
export function choices(access: LinkAccess) {
	return new Elysia({ name: "pages/choices" })
		.post("/theme", ({ body }) => {
			const { theme, next } = fieldsOf(body);
			const chosen = THEMES.find((known) => known === theme) ?? "auto";
			return seeOther(localPath(next), `theme=${chosen}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax`);
		})
		.post("/sample/leave", () => seeOther("/", `${leftSample(access)}=1; Path=/; SameSite=Lax`));
}

/** Whether a person has seen enough of the made-up data that this process shows. */
export function hasLeftSample(request: Request, access: LinkAccess): boolean {
	return new Bun.CookieMap(request.headers.get("cookie") ?? "").has(leftSample(access));
}

/** A dashboard that is started later, with made-up data for others to see, is not meant. */
function leftSample(access: LinkAccess): string {
	return `promptpulse-no-sample-${access.id}`;
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
	const isHere = url.origin === "http://localhost" && !url.pathname.startsWith("//");
	return isHere ? url.pathname + url.search : "/";
}
