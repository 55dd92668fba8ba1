import { isEmail, isUsername } from "../../account/account.ts";
import type { Trouble } from "../../collector/ask-server.ts";
import { createAccount, type ServerAccount } from "../../collector/server.ts";
import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";
import type { Person } from "../screen/questions.ts";
import { serverTrouble } from "./server-trouble.ts";

/** What a new account is to be like, as far as flags say it. */
export type AccountFlags = { username?: string; email?: string; invite?: string };

type Wanted = { username: string; email?: string | undefined; invite?: string | undefined };

const BAD_USERNAME = "Use at most 64 letters, digits, dots, dashes and underscores, a letter or digit first.";
const BAD_EMAIL = "This is no e-mail address.";

/**
 * Makes an account at a server. What flags leave open a person is asked, and asked again where the server takes
 * something else only.
 *
 * @throws AppError `usage` where something is missing or not taken, `server_unreachable`, `interrupted`
 */
export async function makeAccount(
	{ config, terminal }: Context,
	address: string,
	flags: AccountFlags,
	person: Person | undefined,
): Promise<{ account: ServerAccount; key: string }> {
	const wanted = await readWanted(flags, person);
	for (;;) {
		const answer = await createAccount(address, { ...wanted, zone: config.zone });
		if (answer.kind === "ok") return answer.body;
		const again = AGAIN[answer.code ?? ""];
		if (!again) throw refusal(address, answer);
		if (!person) throw new AppError("usage", again.sentence(wanted), again.hint);
		terminal.err(again.sentence(wanted));
		await again.change(wanted, person);
	}
}

async function readWanted(flags: AccountFlags, person: Person | undefined): Promise<Wanted> {
	const { username, email, invite } = flags;
	if (username !== undefined && !isUsername(username)) {
		throw new AppError("usage", "What --username gives cannot be a user name.", BAD_USERNAME);
	}
	if (email !== undefined && !isEmail(email)) {
		throw new AppError("usage", "What --email gives is no e-mail address.", "Correct it or leave it out.");
	}
	if (username !== undefined) return { username, email, invite };
	if (!person) {
		throw new AppError(
			"usage",
			"A new account needs a user name, and nobody can be asked for one here.",
			"Give it with --username. Who has an account already gives its key: promptpulse login --key-stdin.",
		);
	}
	return {
		username: await askUsername(person),
		email: email ?? ((await askEmail(person)) || undefined),
		invite,
	};
}

function askUsername(person: Person): Promise<string> {
	return person.ask({
		message: "User name",
		check: (answer) => (isUsername(answer) ? undefined : BAD_USERNAME),
	});
}

function askEmail(person: Person): Promise<string> {
	return person.ask({
		message: "E-mail address (may be left empty)",
		check: (answer) => (answer === "" || isEmail(answer) ? undefined : BAD_EMAIL),
	});
}

/** What may be taken if it is something else. */
type Again = {
	sentence: (wanted: Wanted) => string;
	hint: string;
	change: (wanted: Wanted, person: Person) => Promise<void>;
};

const AGAIN: Readonly<Record<string, Again | undefined>> = {
	registration_closed: {
		sentence: ({ invite }) =>
			invite === undefined
				? "This server makes an account only for who has an invite."
				: "The invite is not good, or not good any more.",
		hint: "Ask one of the server's admins for an invite, and give its code with --invite.",
		async change(wanted, person) {
			wanted.invite = await person.ask({
				message: "Code of the invite",
				check: (answer) => (/^\S{1,64}$/.test(answer) ? undefined : "This is no invite's code."),
			});
		},
	},
	username_taken: {
		sentence: () => "Somebody else is known on the server by this name, or by one that looks the same.",
		hint: "Give another one with --username.",
		async change(wanted, person) {
			wanted.username = await askUsername(person);
		},
	},
	email_taken: {
		sentence: () => "Another account of this server has this e-mail address.",
		hint: "Give another one with --email, or none.",
		async change(wanted, person) {
			wanted.email = (await askEmail(person)) || undefined;
		},
	},
};

function refusal(address: string, trouble: Trouble): AppError {
	if (trouble.kind === "refused_key" || trouble.kind === "refused") {
		return new AppError(
			"usage",
			`${new URL(address).host} did not make the account (it ${trouble.why}).`,
			"Try another user name, or ask who runs the server.",
		);
	}
	return serverTrouble(address, trouble, "No account was made. Check the address, or try again later.");
}
