import { isAdmin } from "../../account/account.ts";
import { isKeyUseDue, saveKeyUse } from "../../ledger/api-keys.ts";
import type { Database } from "../../ledger/database.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { isSessionUseDue, saveSessionUse } from "../../ledger/web-sessions.ts";
import {
	AMBIGUOUS_KEY,
	CROSS_SITE,
	isForOperator,
	NO_KEY,
	NOT_ALLOWED,
	ProblemError,
	TOO_MANY,
} from "../errors.ts";
import { seeOther } from "../pages/see-other.ts";
import { noteRead } from "../people/note-read.ts";
import { type Ask, isPage, RULES } from "../route.ts";
import type { Gate } from "../site.ts";
import type { SourceFor } from "../source.ts";
import { isCrossSite, isSafe } from "./cross-site.ts";
import { identify, type Known } from "./identify.ts";
import type { Limits } from "./limits.ts";
import { clientAddress, originOf, type Proxies, placeOf } from "./proxies.ts";
import { noteRefusedKey } from "./refused-key.ts";
import { csrfToken, isCsrfToken, sessionSecretOf } from "./session-cookie.ts";

export type ServerGateOptions = {
	db: Database;
	sourceFor: SourceFor;
	limits: Limits;
	proxies: Proxies;
	/** Told of what went wrong beside an answer. */
	report: (error: unknown, requestId: string) => void;
};

/** Lets in who has a key or a session, to what these may do. Nothing is remembered from one request to the next. */
export function serverGate({ db, sourceFor, limits, proxies, report }: ServerGateOptions): Gate {
	return {
		refuse(request) {
			const key = request.headers.get("x-api-key");
			if (key === null) return undefined;
			// Two headers of one name come as one, joined by a comma.
			return key.includes(",") || request.headers.has("authorization") ? AMBIGUOUS_KEY : undefined;
		},
		addressOf: (request, socket) => clientAddress(request, socket, proxies),
		originOf: (request, socket, url) => originOf(request, socket, url, proxies),
		async admit(ask, route) {
			const { now, request } = ask;
			const place = placeOf(ask.address);
			waitFor(limits.addresses.take(place, now));
			if (!isSafe(request.method) && isCrossSite(request, ask.origin)) throw new ProblemError(CROSS_SITE);
			if (route.access === "anyone") return undefined;
			// Asked side by side: where the database is far away, both come with one answer.
			const [known, settings] = await Promise.all([
				identify(db, ask, route.access),
				route.path.startsWith("/api/") ? undefined : findInstanceSettings(db),
			]);
			if (!known) {
				// A right key is let in whatever others behind the same address try.
				waitFor(limits.failures.take(place, now));
				beside(noteRefusedKey(db, request.headers.get("x-api-key"), ask), ask);
				throw new ProblemError(NO_KEY);
			}
			const { account, key, secret } = known;
			waitFor(limits.people.take(account.id, now));
			const rule = RULES[route.access];
			const mayChange = known.sessionKind === "full" || !rule.changes;
			const isRightKind = key ? rule.keys.includes(key.kind) : rule.session && mayChange;
			if (!isRightKind || (rule.admin && !isAdmin(account))) throw new ProblemError(NOT_ALLOWED);
			if (key && rule.changes) waitFor(limits.changes.take(key.id, now));
			if (rule.admin && !rule.changes && !route.isOfNobody) await noteRead(db, account, route, ask);
			noteUse(known, ask);
			return {
				account,
				key,
				session: known.session,
				csrf: secret === undefined ? undefined : csrfToken(secret),
				hasBoard: settings?.leaderboard,
				source: sourceFor(known.person),
			};
		},
		confirm({ request, origin, body }, { key }) {
			if (key || isSafe(request.method)) return;
			const secret = sessionSecretOf(request, origin) ?? "";
			const token = request.headers.get("x-csrf-token") ?? (body as { csrf?: unknown } | undefined)?.csrf;
			if (!isCsrfToken(token, secret)) throw new ProblemError(CROSS_SITE);
		},
		answerInstead(problem, { url, request }, route) {
			if (problem.code !== NO_KEY.code || !isPage(route.access)) return undefined;
			const next = route.method === "GET" ? url.pathname + url.search : "/";
			const login = next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`;
			// A script would put the log-in into the page that it has.
			const isScript = request.headers.get("hx-request") === "true";
			return isScript ? new Response(null, { headers: { "hx-redirect": login } }) : seeOther(login);
		},
	};

	function noteUse({ key, session }: Known, ask: Ask): void {
		const { now } = ask;
		if (key ? !isKeyUseDue(key, now) : !session || !isSessionUseDue(session, now)) return;
		const save = key ? saveKeyUse(db, key, now) : session && saveSessionUse(db, session, now);
		if (save) beside(save, ask);
	}

	/** A ledger that another program writes to hinders nobody from reading. */
	function beside(note: Promise<void>, { requestId }: Ask): void {
		// Where it has to wait too long, the next use is noted.
		note.catch((error) => isForOperator(error) && report(error, requestId));
	}
}

/** @throws ProblemError */
function waitFor(waitMs: number | undefined): void {
	if (waitMs !== undefined) throw new ProblemError({ ...TOO_MANY, waitMs });
}
