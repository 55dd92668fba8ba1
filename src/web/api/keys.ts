import { type } from "arktype";
import type { ApiKey } from "../../account/api-key.ts";
import { listKeys } from "../../ledger/api-keys.ts";
import { cleanName } from "../../usage/event.ts";
import type { Row } from "../../usage/table-row.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { LOG_IN_AGAIN, makeOwnKey, NOT_WIDER, revokeOwnKey, TOO_MANY_KEYS } from "../people/own-keys.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, ListQuery, list, Moment, MomentOrNever } from "./list.ts";
import { json } from "./rows.ts";

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

/** A person's own keys. */
export function keyRoutes(options: ServerOptions): Route[] {
	return [listOwnKeys(options), makeKey(options), revokeOne(options)];
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
		text: {
			summary: "Makes a key, which is shown this once",
			reply: KeyRow.and({ key: "string" }),
			problems: [NOT_WIDER, LOG_IN_AGAIN, TOO_MANY_KEYS],
		},
		body: NewKey,
		async answer(ask, viewer) {
			const { body } = ask;
			const expiresAt = body.expires_at?.getTime() ?? null;
			if (expiresAt !== null && expiresAt <= ask.now) {
				throw new ProblemError(invalidFields("invalid_body", ["expires_at"]));
			}
			const { text, key } = await makeOwnKey(
				db,
				viewer,
				{ kind: body.kind, name: body.name, expiresAt },
				ask,
			);
			return json({ key: text, ...rowOf(key) });
		},
	});
}

function revokeOne({ db }: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/user/keys/:id",
		access: "write",
		text: { summary: "Revokes a key and ends the web sessions that it opened", reply: Done },
		async answer(ask, viewer) {
			await revokeOwnKey(db, viewer, ask.params.id ?? "", ask);
			return json({ message: "The key was revoked." });
		},
	});
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
