import { type } from "arktype";
import type { Account } from "../../account/account.ts";
import { eraseOwnAccount, LOG_IN_AGAIN, OWNER_STAYS } from "../people/own-account.ts";
import { changeName, NAME_TAKEN } from "../people/own-name.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { Done, iso, Moment } from "./list.ts";
import { json } from "./rows.ts";

const Profile = type({
	id: "string",
	username: "string",
	display_name: "string | null",
	role: "'owner' | 'admin' | 'member'",
	created_at: Moment,
});

const NewProfile = type({ "+": "delete", display_name: "string <= 200 | null" });

const Confirmed = type({ "+": "delete", confirm: "string <= 64" });

/** What a person may do with all that is kept of them. */
export function ownAccountRoutes(options: ServerOptions): Route[] {
	return [tellProfile(), changeProfile(options), eraseOwn(options)];
}

function tellProfile(): Route {
	return route({
		method: "GET",
		path: "/api/user/profile",
		access: "read",
		text: { summary: "Who one is on this server, and the name that others may see", reply: Profile },
		answer: (_ask, viewer) => json(profileOf(accountOf(viewer))),
	});
}

function changeProfile({ db }: ServerOptions): Route {
	return route({
		method: "PUT",
		path: "/api/user/profile",
		access: "write",
		text: {
			summary:
				"Gives oneself a name for others on this server, or none: at most 50 characters, and nothing that looks like somebody else's",
			reply: Profile,
			problems: [NAME_TAKEN],
		},
		body: NewProfile,
		async answer(ask, viewer) {
			const displayName = await changeName(db, viewer, ask.body.display_name, ask);
			return json(profileOf({ ...accountOf(viewer), displayName }));
		},
	});
}

function profileOf({ id, username, displayName, role, createdAt }: Account): typeof Profile.infer {
	return { id, username, display_name: displayName, role, created_at: iso(createdAt) };
}

function eraseOwn(options: ServerOptions): Route {
	return route({
		method: "DELETE",
		path: "/api/user",
		access: "write",
		text: {
			summary:
				"Erases one's own account and all that is kept of it, for good; confirm is one's user name, and a session has to be younger than 15 minutes",
			reply: Done,
			problems: [LOG_IN_AGAIN, OWNER_STAYS],
		},
		body: Confirmed,
		async answer(ask, viewer) {
			await eraseOwnAccount(options, viewer, ask.body.confirm, ask);
			return json({ message: "The account is erased. Nothing of it opens anything any more." });
		},
	});
}
