import { kindOfKey } from "../../account/api-key.ts";
import { findHeldBack } from "../../collector/held-back.ts";
import type { Home } from "../../collector/home.ts";
import type { KeptLogin } from "../../collector/kept-login.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { countUnsent } from "../../ledger/unsent.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { listDays } from "../../reports/days.ts";
import { ZoneClock } from "../../usage/day.ts";
import { readGranularity } from "../collect/granularity.ts";
import { TOTAL_NOUNS } from "../collect/totals-words.ts";
import type { Context } from "../context.ts";
import { openForReading } from "../open-usage.ts";
import { counted, moment } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";

/** Says what a login came to: whose it is, what of the history will be sent, and what can be done next. */
export async function tellLogin(context: Context, home: Home, login: KeptLogin): Promise<void> {
	const { terminal, config } = context;
	const { server = "", username = "", email, apiKey = "" } = login;
	const who = email === undefined ? username : `${username} (${email})`;
	terminal.err(plain(`Logged in at ${new URL(server).host} as ${who}.`));
	const isIngestOnly = kindOfKey(apiKey) === "ingest";
	if (isIngestOnly) {
		terminal.err(
			"The key that is kept here only sends usage: nobody who finds it can read or change anything.",
		);
	}
	for (const [variable, value] of [
		["PROMPTPULSE_SERVER", config.server],
		["PROMPTPULSE_API_KEY", config.apiKey],
	]) {
		if (value !== undefined)
			terminal.err(`${variable} is set, and goes before what was kept now: unset it to use this login.`);
	}
	terminal.err(await historySentence(context, home, login));
	terminal.err(
		isIngestOnly
			? "Next: promptpulse collect sends usage, promptpulse setup lets that happen by itself, and promptpulse status tells how it went."
			: "Next: promptpulse collect sends usage, promptpulse setup lets that happen by itself, and promptpulse dashboard shows it.",
	);
}

async function historySentence({ config, now }: Context, home: Home, { since }: KeptLogin): Promise<string> {
	const { zone, userHome } = config;
	const from = since === undefined ? "" : ` from ${moment(since, zone).slice(0, 10)} on`;
	const db = await openForReading(home, now());
	if (!db) return `The next collect reads what Claude Code left on this machine, and sends all of it${from}.`;
	try {
		const rules = readProjectRules(home, userHome);
		const heldBack = await findHeldBack(db, LOCAL_USER, { rules }, since);
		const day = since === undefined ? undefined : new ZoneClock(zone).dayAt(since);
		const days = await listDays(db, { id: LOCAL_USER, zone }, { zone, mode: "calculate", since: day });
		const responses = await countUnsent(db, LOCAL_USER, 0, heldBack);
		const granularity = readGranularity({ config }, undefined);
		const what =
			granularity === "all"
				? "this machine's history"
				: `${TOTAL_NOUNS[granularity]}s of this machine's history`;
		return `The next collect sends ${what}${from}: ${counted(responses, "response")} of ${counted(days.length, "day")}, and what is new.`;
	} finally {
		await db.close();
	}
}
