import { isOldKey, kindOfKey } from "../../account/api-key.ts";
import { homeAt } from "../../collector/home.ts";
import { type KeptLogin, readLogin, saveLogin } from "../../collector/kept-login.ts";
import { needsConsent, parseServer, Server, type ServerAccount } from "../../collector/server.ts";
import { AppError } from "../../errors.ts";
import { parseDay, ZoneClock } from "../../usage/day.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { ownHome } from "../own-home.ts";
import { findPerson, type Person, readLine } from "../screen/questions.ts";
import { plain } from "../screen/terminal.ts";
import { tellLogin } from "./login-words.ts";
import { type AccountFlags, makeAccount } from "./new-account.ts";
import { serverTrouble } from "./server-trouble.ts";

export type LoginFlags = AccountFlags & {
	server?: string;
	keyStdin?: boolean;
	ingestOnly?: boolean;
	since?: string;
	yes?: boolean;
	insecure?: boolean;
};

/** An account, and the key that opens it. */
type Opened = { account: ServerAccount; key: string; isNew: boolean };

/** `promptpulse login [KEY]`: this machine's usage goes to an account of a server from now on. */
export async function login(context: Context, given: string | undefined, flags: LoginFlags): Promise<number> {
	const { config } = context;
	const home = homeAt(config.home);
	const kept = readLogin(home).login;
	const since = readSince(flags.since, config.zone);
	const person = findPerson(context.terminal);
	const key = await readKey(context, given, flags, person);
	const address = await readServer(context, flags, kept, person);
	const replacing = (account?: ServerAccount) => confirmReplacing(kept, address, account, flags, person);
	let opened: Opened;
	if (key === undefined) {
		await replacing();
		opened = { ...(await makeAccount(context, address, flags, person)), isNew: true };
		tellNewKey(context, opened, flags.ingestOnly ?? false);
	} else {
		opened = await openKnown(address, key);
		await replacing(opened.account);
	}
	const { account } = opened;
	const isSame = isLoginOf(kept, address, account);
	const login: KeptLogin = {
		apiKey: flags.ingestOnly ? await ingestKey(address, opened, config.machineLabel) : opened.key,
		userId: account.id,
		username: account.username,
		email: account.email,
		server: address,
		insecure: needsConsent(address) || undefined,
		since: since ?? (isSame ? kept.since : undefined),
	};
	saveLogin(ownHome(context), login);
	await tellLogin(context, home, login);
	return DONE;
}

/** The key stands alone in the output, so that it can be taken into a file. */
function tellNewKey({ terminal }: Context, { account, key }: Opened, isIngestOnly: boolean): void {
	terminal.out(key);
	const elsewhere = isIngestOnly ? " This machine does not keep it." : "";
	terminal.err(
		`This is the API key of the new account ${plain(account.username)}. It is shown this once: keep it, in a password manager say.${elsewhere}`,
	);
}

function readSince(text: string | undefined, zone: string): number | undefined {
	if (text === undefined) return undefined;
	const day = parseDay(text);
	if (day !== undefined) return new ZoneClock(zone).startOf(day);
	throw new AppError(
		"usage",
		`--since ${JSON.stringify(text)} is not a day.`,
		"Write it as YYYY-MM-DD or YYYYMMDD.",
	);
}

/** The key that was given; undefined where a new account is wanted. */
async function readKey(
	{ terminal }: Context,
	given: string | undefined,
	{ keyStdin, username }: LoginFlags,
	person: Person | undefined,
): Promise<string | undefined> {
	if (given !== undefined && keyStdin) {
		throw new AppError("usage", "The key is given twice.", "Leave it out beside --key-stdin.");
	}
	if (given === undefined && !keyStdin) return undefined;
	if (username !== undefined) {
		throw new AppError(
			"usage",
			"A key belongs to an account that there is already, and --username is for a new one.",
			"Give only one of both.",
		);
	}
	if (given !== undefined) {
		terminal.err(
			"A key on the command line stands in the shell's history; --key-stdin keeps it out of there.",
		);
	}
	const message = "Paste the API key and press Enter.";
	const asked = () => person?.askSecret({ message, check: whyNoKey }) ?? readLine(terminal, message);
	const key = given ?? (await asked());
	const why = whyNoKey(key);
	if (why === undefined) return key;
	throw new AppError(
		"usage",
		why,
		"Copy the whole key again, or run promptpulse login without one to make a new account.",
	);
}

/** What keeps a text from being a key that sends usage, which its form tells without asking anyone. */
function whyNoKey(key: string): string | undefined {
	if (isOldKey(key)) {
		return "This is a key of an earlier PromptPulse, which no server takes any more: get a new one, or make a new account.";
	}
	const kind = kindOfKey(key);
	if (kind === "read")
		return "This key only reads: it cannot send usage. Take one of the kind full or ingest.";
	if (kind !== undefined) return undefined;
	return /^pk_[fri]/.test(key)
		? "This key has a typing error, or is not whole: its last characters do not fit the others."
		: "This is no API key: one begins with pk_ and has 42 characters.";
}

/** @throws AppError `usage` for an address that cannot be meant, `invalid_config` for one that was kept or set */
async function readServer(
	{ config }: Context,
	{ server, insecure = false }: LoginFlags,
	kept: KeptLogin,
	person: Person | undefined,
): Promise<string> {
	if (server !== undefined) {
		const address = tryServer(server, insecure || isAllowed(kept, server));
		if (typeof address === "string") return address;
		throw new AppError("usage", address.message, address.hint);
	}
	const known = config.server ?? kept.server;
	if (known !== undefined) return parseServer(known, insecure || isAllowed(kept, known));
	if (!person) {
		throw new AppError(
			"usage",
			"No server is named, and nobody can be asked for one here.",
			"Give its address with --server. Whoever runs it knows it; promptpulse serve makes one.",
		);
	}
	const answer = await person.ask({
		message: "Address of the server",
		placeholder: "https://usage.example.com",
		check(text) {
			const address = tryServer(text, insecure);
			return typeof address === "string" ? undefined : `${address.message} ${address.hint}`;
		},
	});
	return parseServer(answer, insecure);
}

function tryServer(text: string, insecure: boolean): string | AppError {
	try {
		return parseServer(text, insecure);
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
}

/** http was allowed before for the same server. */
function isAllowed({ server, insecure }: KeptLogin, wanted: string): boolean {
	return insecure === true && URL.canParse(wanted) && parseServer(wanted, true) === server;
}

async function openKnown(address: string, key: string): Promise<Opened> {
	const answer = await new Server({ address, key }).findAccount();
	if (answer.kind === "ok") return { account: answer.body, key, isNew: false };
	throw serverTrouble(address, answer, "Nothing was changed. Check the address, or try again later.");
}

function isLoginOf(
	{ server, userId }: KeptLogin,
	address: string,
	account: ServerAccount | undefined,
): boolean {
	return server === address && account !== undefined && userId === account.id;
}

/**
 * Asks before another login is replaced. A key that no server takes any more is none.
 *
 * @param account undefined for one that is not made yet
 */
async function confirmReplacing(
	kept: KeptLogin,
	address: string,
	account: ServerAccount | undefined,
	{ yes }: LoginFlags,
	person: Person | undefined,
): Promise<void> {
	const { apiKey, server, username = "somebody" } = kept;
	if (yes || apiKey === undefined || isOldKey(apiKey) || isLoginOf(kept, address, account)) return;
	const where = server === undefined ? "" : ` at ${new URL(server).host}`;
	const sentence = plain(`This machine is logged in as ${username}${where}.`);
	if (!person) {
		throw new AppError("usage", `${sentence} Nothing was changed.`, "Replace that login with --yes.");
	}
	if (await person.confirm(`${sentence} Replace that login?`)) return;
	throw new AppError("interrupted", "Nothing was changed.");
}

/** A key that can only send usage; whoever finds it on the machine learns and changes nothing. */
async function ingestKey(address: string, { key, isNew }: Opened, label: string): Promise<string> {
	if (kindOfKey(key) === "ingest") return key;
	const name = plain(label).slice(0, LONGEST_NAME).toWellFormed() || "machine";
	const answer = await new Server({ address, key }).createIngestKey(name);
	if (answer.kind === "ok") return answer.body;
	throw serverTrouble(
		address,
		answer,
		isNew
			? "The account was made, but this machine is not logged in. Run promptpulse login --key-stdin --ingest-only with the key above."
			: "Nothing was changed. Try again later.",
	);
}

const LONGEST_NAME = 100;
