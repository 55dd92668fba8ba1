import Ksuid from "ksuid";

/** The owner is the first one; admins manage people, members have their own usage. */
const ROLES = ["owner", "admin", "member"] as const;

export type Role = (typeof ROLES)[number];

/** A person as a server knows one. Times are epoch ms. */
export type Account = {
	/** Number of the person in the ledger; it never leaves the server. */
	user: number;
	/** KSUID. */
	id: string;
	username: string;
	email: string | null;
	displayName: string | null;
	role: Role;
	createdAt: number;
	/** Since when the person may do nothing any more. */
	disabledAt: number | null;
};

const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Nothing that nobody sees, or that turns the direction of a line round: others read it, too. */
const EMAIL = /^[^\s\p{C}@<>"(),:;[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/u;
const LONGEST_EMAIL = 254;

/** Letters, digits, dots, dashes and underscores, at most 64, beginning with a letter or digit. */
export function isUsername(text: string): boolean {
	return USERNAME.test(text);
}

export function isEmail(text: string): boolean {
	return text.length <= LONGEST_EMAIL && EMAIL.test(text);
}

export function isAdmin({ role }: Account): boolean {
	return role !== "member";
}

/**
 * An id for a new person: sorts by time, and nobody can guess it.
 *
 * @param now epoch ms
 */
export function newAccountId(now: number): string {
	return Ksuid.randomSync(now).string;
}
