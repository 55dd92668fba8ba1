import { type } from "arktype";
import { isAdmin, isEmail, isUsername } from "../../account/account.ts";
import { listAccounts } from "../../ledger/accounts.ts";
import type { Problem } from "../errors.ts";
import { noteRead } from "../people/note-read.ts";
import { NAME_TAKEN, signUp } from "../people/sign-up.ts";
import { accountOf, openRoute, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { iso, ListQuery, list, Moment } from "./list.ts";
import { json } from "./rows.ts";

const Username = type("string").narrow((text, ctx) => isUsername(text) || ctx.mustBe("a user name"));
const Email = type("string").narrow((text, ctx) => isEmail(text) || ctx.mustBe("an e-mail address"));

const NewUser = type({
	"+": "delete",
	username: Username,
	"email?": Email.or("null"),
	"invite?": "string <= 64 | null",
	"zone?": "string <= 64 | null",
});

const MadeUser = type({
	message: "string",
	user: { id: "string", ksuid: "string", email: "string | null", username: "string", apiKey: "string" },
});

const Users = type({
	id: "string",
	username: "string",
	display_name: "string | null",
	created_at: Moment,
	"email?": "string | null",
}).array();

const KeyOwner = type({ user: { id: "string", email: "string | null", username: "string" } });

const CLOSED: Problem = {
	status: 403,
	code: "registration_closed",
	title: "New accounts are not open to everyone",
	sentence: "This server makes an account only for who brings an invite that is still good.",
	hint: "Ask one of its admins for an invite, and give its code with --invite.",
};

/** Accounts: making one, and who there is. */
export function userRoutes(options: ServerOptions): Route[] {
	return [makeUser(options), listUsers(options), tellKeyOwner()];
}

function makeUser(options: ServerOptions): Route {
	return openRoute({
		method: "POST",
		path: "/api/users",
		text: {
			summary: "Makes an account and its first key, which is shown this once",
			reply: MadeUser,
			problems: [CLOSED, NAME_TAKEN],
		},
		body: NewUser,
		async answer(ask) {
			const { account, key } = await signUp(options, ask.body, ask, CLOSED, async () => undefined);
			const { id, email, username } = account;
			return json({
				message: "The account was made. Its API key is shown this once: keep it.",
				user: { id, ksuid: id, email, username, apiKey: key },
			});
		},
	});
}

function listUsers({ db }: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/api/users",
		access: "read",
		text: { summary: "The accounts of this server", reply: Users },
		query: ListQuery,
		async answer(ask, viewer) {
			const own = accountOf(viewer);
			// Admins are told addresses that others are not.
			if (isAdmin(own)) await noteRead(db, own, { path: "/api/users" }, ask);
			const rows = (await listAccounts(db)).map(({ user, id, username, email, displayName, createdAt }) => ({
				id,
				username,
				display_name: displayName,
				created_at: iso(createdAt),
				...(user === own.user || isAdmin(own) ? { email } : {}),
			}));
			return list("users", rows, ask.query);
		},
	});
}

function tellKeyOwner(): Route {
	return route({
		method: "GET",
		path: "/api/auth/validate",
		access: "identify",
		text: { summary: "Whose key this is", reply: KeyOwner },
		answer(_ask, viewer) {
			const { id, email, username } = accountOf(viewer);
			return json({ user: { id, email, username } });
		},
	});
}
