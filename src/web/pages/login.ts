import { LoginPage, NewServerPage } from "../../../views/login.tsx";
import { kindOfKey } from "../../account/api-key.ts";
import { countAccounts } from "../../ledger/accounts.ts";
import { findUsableKey } from "../../ledger/api-keys.ts";
import { takeLink } from "../../ledger/login-links.ts";
import { findSession } from "../../ledger/web-sessions.ts";
import { type Problem, ProblemError, TOO_MANY } from "../errors.ts";
import { openSession } from "../gates/open-session.ts";
import { noteRefusedKey } from "../gates/refused-key.ts";
import { sessionSecretOf } from "../gates/session-cookie.ts";
import { noteWrong, refuseWrong, tooManyTries } from "../gates/tries.ts";
import { type Ask, openRoute, type Route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { bareShellOf, serverName } from "./bare-shell.ts";
import { page } from "./page.ts";
import { localPath, seeOther } from "./see-other.ts";

const UNKNOWN_KEY =
	"This key is not known here. Check that it is a whole key of this server, or ask one of its admins for a new one.";
const ONLY_SENDS =
	"This key only sends usage, so it opens no pages. Use a key that begins with pk_f or pk_r, or run promptpulse dashboard.";

const LINK_GONE: Problem = {
	status: 410,
	code: "link_gone",
	title: "This link is used up",
	sentence: "It opens these pages once, within a minute after it was made.",
	hint: "Run promptpulse dashboard again, which makes a new one.",
};

const LINK_NOT_OPENED: Problem = {
	status: 403,
	code: "link_not_opened",
	title: "This link is for a browser",
	sentence: "It was fetched without being opened, or another page led here, so it is still good.",
	hint: "Paste it into a browser's address bar.",
};

export function loginRoutes(options: ServerOptions): Route[] {
	return [showLogin(options), logIn(options), openLink(options)];
}

function showLogin({ db }: ServerOptions): Route {
	return openRoute({
		method: "GET",
		path: "/login",
		text: { summary: "The log-in" },
		async answer(ask) {
			const { request, origin, url, now } = ask;
			const next = localPath(url.searchParams.get("next"));
			const secret = sessionSecretOf(request, origin);
			if (secret !== undefined && (await findSession(db, secret, now))) return seeOther(next);
			if ((await countAccounts(db)) === 0) return page(NewServerPage({ shell: bareShellOf(request) }));
			return loginPage(ask, next, { isOver: secret !== undefined });
		},
	});
}

/** `POST /login`: a key for a session. */
function logIn({ db, limits }: ServerOptions): Route {
	return openRoute({
		method: "POST",
		path: "/login",
		text: { summary: "Exchanges an API key for a session" },
		async answer(ask) {
			const fields = (ask.body ?? {}) as Record<string, unknown>;
			const next = localPath(fields.next);
			const text = typeof fields.key === "string" ? fields.key.trim() : "";
			const kind = kindOfKey(text);
			// The key's own look says it; nothing is told of whether it is known.
			if (kind === "ingest") return loginPage(ask, next, { status: 403, wrong: ONLY_SENDS });
			const found = kind && (await findUsableKey(db, text, ask.now));
			if (!found) {
				const [waitMs] = await Promise.all([noteWrong(db, "key", ask), noteRefusedKey(db, text, ask)]);
				return refuseKey(ask, next, waitMs);
			}
			const { key, account } = found;
			const waitMs = limits.people.take(account.id, ask.now);
			if (waitMs !== undefined) throw new ProblemError({ ...TOO_MANY, waitMs });
			const cookie = await db.transaction((tx) =>
				openSession(tx, { user: account.user, key: key.id, how: "key" }, ask),
			);
			return seeOther(next, cookie);
		},
	});
}

/** The same for every key that opens nothing. */
function refuseKey(ask: Ask, next: string, waitMs: number | undefined): Response {
	if (waitMs === undefined) return loginPage(ask, next, { status: 401, wrong: UNKNOWN_KEY });
	const { title, hint } = tooManyTries(waitMs);
	const answer = loginPage(ask, next, { status: 429, wrong: `${title}. ${hint}` });
	answer.headers.set("retry-after", String(Math.ceil(waitMs / 1_000)));
	return answer;
}

/**
 * `GET /login/:code`: what `promptpulse dashboard` opens. It is used up by opening it, but not by what only looks where
 * links lead.
 */
function openLink({ db }: ServerOptions): Route {
	return openRoute({
		method: "GET",
		path: "/login/:code",
		text: { summary: "Logs a browser in by a link that is good once" },
		async answer(ask) {
			const { request, params, now } = ask;
			if (!isOpened(request)) throw new ProblemError(LINK_NOT_OPENED);
			const cookie = await db.transaction(async (tx) => {
				const taken = await takeLink(tx, params.code ?? "", now);
				return taken && openSession(tx, { ...taken, how: "link" }, ask);
			});
			return cookie === undefined ? refuseWrong(db, "link", ask, LINK_GONE) : seeOther("/", cookie);
		},
	});
}

/**
 * Whether a person opens an address, as far as the browser tells: not a script, an image or a prefetch, and not another
 * site's page, which could log people in to somebody else's account.
 */
function isOpened({ method, headers }: Request): boolean {
	const mode = headers.get("sec-fetch-mode");
	const site = headers.get("sec-fetch-site");
	const isLed = site === "cross-site" || site === "same-site";
	const isAhead = ["sec-purpose", "purpose", "x-purpose", "x-moz"].some((name) => headers.has(name));
	return method === "GET" && (mode === null || mode === "navigate") && !isAhead && !isLed;
}

function loginPage(
	{ request, origin }: Ask,
	next: string,
	{ status = 200, ...told }: { status?: number; wrong?: string; isOver?: boolean },
): Response {
	const shell = bareShellOf(request);
	return page(LoginPage({ shell, server: serverName(origin), next, ...told }), status);
}
