import { type } from "arktype";
import { isAdmin, isEmail, isUsername } from "../../account/account.ts";
import { listAccounts, saveAccount } from "../../ledger/accounts.ts";
import { saveNewKey } from "../../ledger/api-keys.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { deleteSetupInvites, findUsableInvite, useInvite } from "../../ledger/invites.ts";
import { type Problem, ProblemError, TOO_MANY } from "../errors.ts";
import { accountOf, openRoute, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { json } from "./rows.ts";

const Username = type("string").narrow((text, ctx) => isUsername(text) || ctx.mustBe("a user name"));
const Email = type("string").narrow((text, ctx) => isEmail(text) || ctx.mustBe("an e-mail address"));

const NewUser = type({
	"+": "delete",
	username: Username,
	"email?": Email.or("null"),
	"invite?": "string <= 64 | null",
});

const CLOSED: Problem = {
	status: 403,
	code: "registration_closed",
	title: "New accounts are not open to everyone",
	sentence: "This server makes accounts only for who is invited.",
	hint: "Ask one of its admins for an invite, and give its code with --invite.",
};

function taken(what: "username" | "email"): Problem {
	return {
		status: 409,
		code: `${what}_taken`,
		title: "This name is taken",
		sentence: `Another account has this ${what === "email" ? "e-mail address" : "user name"}.`,
		hint: "Choose another one.",
	};
}

/** Accounts: making one, and who there is. */
export function userRoutes({ db, registration, limits }: ServerOptions): Route[] {
	return [
		openRoute({
			method: "POST",
			path: "/api/users",
			text: { summary: "Makes an account and its first key, which is shown this once" },
			body: NewUser,
			async answer({ body, address, now }) {
				const waitMs = limits.signUps.take(address, now);
				if (waitMs !== undefined) throw new ProblemError({ ...TOO_MANY, waitMs });
				const made = await db.transaction(async (tx) => {
					const invite = body.invite ? await findUsableInvite(tx, body.invite, now) : undefined;
					if (!invite && (registration !== "open" || body.invite)) throw new ProblemError(CLOSED);
					const { username, email } = body;
					const role = invite?.role ?? "member";
					const account = await saveAccount(tx, { username, email: email ?? undefined, role }, now);
					if (typeof account === "string") throw new ProblemError(taken(account));
					if (invite) await useInvite(tx, invite.id, account.user, now);
					if (account.role === "owner") await deleteSetupInvites(tx);
					const key = await saveNewKey(
						tx,
						account.user,
						{ kind: "full", name: "first key", expiresAt: null },
						now,
					);
					await saveAudit(
						tx,
						{ user: account.user, action: "account.created", detail: { role: account.role }, address },
						now,
					);
					return { account, key: key.text };
				});
				const { account, key } = made;
				return json({
					message: "The account was made.",
					user: {
						id: account.id,
						ksuid: account.id,
						email: account.email,
						username: account.username,
						apiKey: key,
					},
				});
			},
		}),
		route({
			method: "GET",
			path: "/api/users",
			access: "read",
			text: { summary: "The accounts of this server" },
			async answer(_ask, viewer) {
				const own = accountOf(viewer);
				const accounts = await listAccounts(db);
				return json(
					accounts.map(({ user, id, username, email, displayName, createdAt }) => ({
						id,
						username,
						display_name: displayName,
						created_at: new Date(createdAt).toISOString(),
						...(user === own.user || isAdmin(own) ? { email } : {}),
					})),
				);
			},
		}),
		route({
			method: "GET",
			path: "/api/auth/validate",
			access: "identify",
			text: { summary: "Whose key this is" },
			answer(_ask, viewer) {
				const { id, email, username } = accountOf(viewer);
				return json({ user: { id, email, username } });
			},
		}),
	];
}
