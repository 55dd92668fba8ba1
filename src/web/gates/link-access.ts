import { timingSafeEqual } from "node:crypto";

const ID_BYTES = 32;

/**
 * Who may see a machine's own pages: whoever came by the link that the terminal shows, for other people may share the
 * machine. The link's token is exchanged for a cookie; both are good while the process lives.
 */
export class LinkAccess {
	readonly #token = randomId();
	readonly #session = randomId();

	/** Tells this process from others on the machine; no secret. */
	readonly id = randomId().slice(0, 8);

	/** The link's path. */
	get path(): string {
		return `/open/${this.#token}`;
	}

	/** The cookie for who comes with the right token, undefined for any other. */
	exchange(token: unknown, port: number): string | undefined {
		if (typeof token !== "string" || !isSame(token, this.#token)) return undefined;
		return `${cookieName(port)}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
	}

	allows(request: Request): boolean {
		const port = portOf(new URL(request.url));
		const cookie = new Bun.CookieMap(request.headers.get("cookie") ?? "").get(cookieName(port));
		return cookie !== null && cookie !== undefined && isSame(cookie, this.#session);
	}
}

/** Cookies do not tell ports apart, so their names do: two dashboards on one machine do not put each other out. */
function cookieName(port: number): string {
	return `promptpulse-${port}`;
}

/** The port that a URL names or means. */
export function portOf(url: URL): number {
	return url.port === "" ? 80 : Number(url.port);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a request was made under a name of this machine alone. Any other page's name may lead here, too. */
export function isLoopback(url: URL): boolean {
	return LOOPBACK.test(url.hostname);
}

function randomId(): string {
	return Buffer.from(crypto.getRandomValues(new Uint8Array(ID_BYTES))).toString("base64url");
}

function isSame(a: string, b: string): boolean {
	const digest = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
}
