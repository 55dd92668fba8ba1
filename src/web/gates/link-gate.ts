import { CROSS_SITE, NO_ACCESS, ProblemError, WRONG_HOST } from "../errors.ts";
import type { Gate } from "../site.ts";
import type { UsageSource } from "../source.ts";
import { isCrossSite, isSafe } from "./cross-site.ts";
import { isLoopback, type LinkAccess } from "./link-access.ts";

/** Lets in whoever came by a dashboard's link, under a name of this machine alone. */
export function linkGate(access: LinkAccess, sourceFor: (request: Request) => Promise<UsageSource>): Gate {
	return {
		refuse: (_request, url) => (isLoopback(url) ? undefined : WRONG_HOST),
		addressOf: (_request, socket) => socket,
		originOf: (_request, _socket, url) => url.origin,
		async admit({ request, origin }, route) {
			if (route.access === "anyone") return undefined;
			if (!access.allows(request)) throw new ProblemError(NO_ACCESS);
			if (!isSafe(request.method) && isCrossSite(request, origin)) throw new ProblemError(CROSS_SITE);
			return { source: await sourceFor(request) };
		},
	};
}
