import { isCrossSite, isSafe } from "./cross-site.ts";
import type { SourceOf } from "./dashboard.ts";
import { CROSS_SITE, NO_ACCESS, ProblemError, WRONG_HOST } from "./errors.ts";
import { isLoopback, type LinkAccess } from "./link-access.ts";
import type { Gate } from "./site.ts";

/** Lets in whoever came by a dashboard's link, under a name of this machine alone. */
export function linkGate(access: LinkAccess, sourceOf: SourceOf): Gate {
	return {
		refuse: (_request, url) => (isLoopback(url) ? undefined : WRONG_HOST),
		addressOf: (_request, socket) => socket,
		originOf: (_request, _socket, url) => url.origin,
		async admit({ request, origin }, route) {
			if (route.access === "anyone") return undefined;
			if (!access.allows(request)) throw new ProblemError(NO_ACCESS);
			if (!isSafe(request.method) && isCrossSite(request, origin)) throw new ProblemError(CROSS_SITE);
			return { source: sourceOf(request) };
		},
	};
}
