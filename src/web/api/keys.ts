import { type } from "arktype";
import type { ApiKey } from "../../account/api-key.ts";
import { listKeys, revokeKey, saveNewKey } from "../../ledger/api-keys.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { cleanName } from "../../usage/event.ts";
import { invalidFields, NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json, type Row } from "./rows.ts";

/** A session that was opened longer ago (ms) may make no keys: whoever finds a browser open gets none for later. */
const FRESH_MS = 15 * 60_000;
/** Keys that are not revoked; nobody has use for so many. */
const MOST_KEYS = 200;

const Kind = type("'full' | 'read' | 'ingest'");

const NewKey = type({
	"+": "delete",
	name: type("1 <= string <= 100").narrow((text, ctx) => cleanName(text) === text || ctx.mustBe("one line")),
	kind: Kind,
	"expires_at?": type("string.date.iso.parse").or("null"),
});

const KeyRow = type({
	id: "string",
	name: "string",
	kind: Kind,
	last4: "string",
	created_at: Moment,
	expires_at: MomentOrNever,
	last_used_at: MomentOrNever,
	revoked_at: MomentOrNever,
});

const NOT_WIDER: Problem = {
	status: 403,
	code: "not_wider",
	title: "A key cannot make such a key",
	sentence: "A key makes only keys of kind read and ingest, and none that is good for longer than itself.",
	hint: "Log in in a browser, with a key that does not end before, and make the key there.",
};

const LOG_IN_AGAIN: Problem = {
	status: 403,
	code: "log_in_again",
	title: "Log in again",
	sentence: "Keys are made within 15 minutes of a log-in.",
	hint: "Log out, log in again, and make the key then.",
};

const TOO_MANY_KEYS: Problem = {
	status: 409,
	code: "too_many_keys",
	title: "There are too many keys",
	sentence: `An account has at most ${MOST_KEYS} keys that are not revoked.`,
	hint: "Revoke those that nothing uses any more.",
};

/** A person's own keys. */
export function keyRoutes(options: ServerOptions): Route[] {
	return [listOwnKeys(options), makeKey(options), revokeOwnKey(options)];
}

function listOwnKeys({ db }: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/api/user/keys",
		access: "read",
		text: { summary: "One's own keys, the newest first", reply: KeyRow.array() },
		query: ListQuery,
		async answer({ query }, viewer) {
			const keys = await listKeys(db, accountOf(viewer).user);
			return list("keys", keys.map(rowOf), query);
		},
	});
}

function makeKey({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/api/user/keys",
		access: "write",
		text: { summary: "Makes a key, which is shown this once", reply: KeyRow.and({ key: "string" }) },
		body: NewKey,
		async answer({ body, now, address }, viewer) {
			const { user } = accountOf(viewer);
			const wanted = { kind: body.kind, name: body.name, expiresAt: body.expires_at?.getTime() ?? null };
			const { expiresAt } = wanted;
			if (expiresAt !== null && expiresAt <= now) {
				throw new ProblemError(invalidFields("invalid_body", ["expires_at"]));
			}
			const { text, key } = await db.transaction(async (tx) => {
				const live = (await listKeys(tx, user)).filter(({ revokedAt }) => revokedAt === null);
				const opener = live.find(({ id }) => id === viewer.session?.key);
				refuseWidening(wanted, viewer, opener, now);
				if (live.length >= MOST_KEYS) throw new ProblemError(TOO_MANY_KEYS);
				const made = await saveNewKey(tx, user, wanted, now);
				const detail = { key: made.key.id, kind: wanted.kind, by: viewer.key?.id ?? null };
				await saveAudit(tx, { user, action: "key.created", detail, address }, now);
				return made;
			});
			return json({ key: text, ...rowOf(key) });
		},
	});
}

function revokeOwnKey({ db }: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/user/keys/:id",
		access: "write",
		text: { summary: "Revokes a key and ends the web sessions that it opened", reply: Done },
		async answer({ params: { id = "" }, now, address }, viewer) {
			const { user } = accountOf(viewer);
			await db.transaction(async (tx) => {
				if (!(await revokeKey(tx, user, id, now))) throw new ProblemError(NOT_FOUND);
				const detail = { key: id, by: viewer.key?.id ?? null };
				await saveAudit(tx, { user, action: "key.revoked", detail, address }, now);
			});
			return json({ message: "The key was revoked." });
		},
	});
}

/**
 * @param opener the key that opened the session that asks: what ends with it makes nothing that outlasts it
 * @throws ProblemError for a key that could do more, or for longer, than who asks for it
 */
function refuseWidening(
	{ kind, expiresAt }: Pick<ApiKey, "kind" | "expiresAt">,
	{ key, session }: Viewer,
	opener: ApiKey | undefined,
	now: number,
): void {
	if (!key && (!session || now - session.createdAt >= FRESH_MS)) throw new ProblemError(LOG_IN_AGAIN);
	const end = (key ?? opener)?.expiresAt ?? null;
	const isLonger = end !== null && (expiresAt === null || expiresAt > end);
	if ((key && kind === "full") || isLonger) throw new ProblemError(NOT_WIDER);
}

function rowOf({ id, name, kind, last4, createdAt, expiresAt, lastUsedAt, revokedAt }: ApiKey): Row {
	return {
		id,
		name,
		kind,
		last4,
		created_at: iso(createdAt),
		expires_at: iso(expiresAt),
		last_used_at: iso(lastUsedAt),
		revoked_at: iso(revokedAt),
	};
}
