import { NO_ACCESS, ProblemError } from "../errors.ts";
import { type LinkAccess, portOf } from "../gates/link-access.ts";
import { openRoute, type Route, route } from "../route.ts";
import { seeOther } from "./see-other.ts";

/** `GET /open/:token`: what a dashboard's printed link leads to. */
export function openLink(access: LinkAccess): Route {
	return openRoute({
		method: "GET",
		path: "/open/:token",
		text: { summary: "Opens the pages of this machine's dashboard" },
		answer({ params, url }) {
			const cookie = access.exchange(params.token, portOf(url));
			if (!cookie) throw new ProblemError(NO_ACCESS);
			return seeOther("/", cookie);
		},
	});
}

/** `POST /sample/leave`: a person has seen enough of the made-up data that this process shows. */
export function leaveSample(access: LinkAccess): Route {
	return route({
		method: "POST",
		path: "/sample/leave",
		access: "page",
		text: { summary: "Shows the machine's own usage in place of made-up data" },
		answer: () => seeOther("/", `${leftSample(access)}=1; Path=/; SameSite=Lax`),
	});
}

export function hasLeftSample(request: Request, access: LinkAccess): boolean {
	return new Bun.CookieMap(request.headers.get("cookie") ?? "").has(leftSample(access));
}

/** A dashboard that is started later, with made-up data for others to see, is not meant. */
function leftSample(access: LinkAccess): string {
	return `promptpulse-no-sample-${access.id}`;
}
