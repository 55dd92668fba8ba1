import { timingSafeEqual } from "node:crypto";
import { digestOf } from "../../account/secret.ts";
import { ABSOLUTE_MS } from "../../ledger/web-sessions.ts";

/** `__Host-` binds a cookie to its host and to TLS; without TLS browsers would not take it. */
const SECURE_NAME = "__Host-promptpulse";
const PLAIN_NAME = "promptpulse-session";
const SECRET = /^[0-9A-Za-z]{43}$/;

/** Whether the session's cookie may be sent under this origin without anyone listening. */
export function isSecure(origin: string): boolean {
	return origin.startsWith("https:");
}

/**
 * The secret of the session that a request comes with, if it looks like one. Under https the plain name is not looked
 * at: a neighbour's host could have set that one.
 *
 * @param origin what the site is seen under
 */
export function sessionSecretOf(request: Request, origin: string): string | undefined {
	const cookies = new Bun.CookieMap(request.headers.get("cookie") ?? "");
	const secret = cookies.get(isSecure(origin) ? SECURE_NAME : PLAIN_NAME);
	return secret && SECRET.test(secret) ? secret : undefined;
}

/** Sets the session's cookie; with an empty secret it goes. */
export function sessionCookie(secret: string, secure: boolean): string {
	const age = secret === "" ? 0 : ABSOLUTE_MS / 1_000;
	const name = secure ? SECURE_NAME : PLAIN_NAME;
	return `${name}=${secret}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/**
 * What forms and scripts of a session's own pages send along with a change: other sites cannot read it. It is made from
 * the cookie's secret, which it does not tell.
 */
export function csrfToken(secret: string): string {
	return digestOf(`csrf\0${secret}`);
}

export function isCsrfToken(token: unknown, secret: string): boolean {
	if (typeof token !== "string") return false;
	const [given, right] = [token, csrfToken(secret)].map((text) => Buffer.from(digestOf(text)));
	return given !== undefined && right !== undefined && timingSafeEqual(given, right);
}
