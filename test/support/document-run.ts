import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "./answers.ts";
import { linesOf } from "./document-calls.ts";
import type { Block, Document } from "./documents.ts";
import { cookieOf, form } from "./forms.ts";
import { byId, elementsOf, plain } from "./markup.ts";
import { openScreen, type Screen } from "./screen.ts";
import { writeTranscripts } from "./transcript.ts";

/** Says on whose machine a block is typed, where a document tells of several; each has a home of its own. */
const WHOSE = /^# on (.+ machine)$/;
/** What lasts in a shell beyond its line. */
const LASTS = /^(?:export |cd |[A-Z_]+=(?:'[^']*'|\S*)$)/;
const SERVER = "http://127.0.0.1:3000";

/** A line, and what came of it at a terminal. */
export type Typed = { line: string; code: number; shown: string };

/**
 * Somebody who reads a document and types what it says, line by line, each at a terminal: with the key and the code that were
 * shown last in the place of `pk_…` and `CODE`, a new file in that of a database on SQLite Cloud, answering yes, opening what links are printed, and ending with Ctrl-C what
 * would go on.
 */
export class Reader {
	readonly #running: Screen[] = [];
	readonly #lasting = new Map<string, string[]>();
	#key = "pk_…";
	#code = "CODE";
	/** The command that the page for a new account has shown. */
	#login = "";

	/**
	 * @param folder homes are made in it
	 * @param env for every line
	 * @param port of the server that is started, in the place of 3000, which may be taken
	 * @param prepare puts into a new home what the document takes for granted
	 */
	constructor(
		readonly folder: string,
		readonly env: Record<string, string>,
		readonly port: number,
		readonly prepare: (home: string) => void,
	) {}

	/** Types all blocks that are to be typed. */
	async read({ blocks }: Document): Promise<Typed[]> {
		const typed: Typed[] = [];
		for (const block of blocks.filter(({ language }) => language === "sh")) {
			for (const line of linesOf(block)) typed.push(await this.type(line, homeOf(block)));
		}
		return typed;
	}

	/** @param home its name */
	async type(line: string, home = "machine"): Promise<Typed> {
		const lasting = this.#lasting.get(home) ?? this.#moveIn(home);
		const [words = ""] = /(?<=promptpulse )[a-z ]+/.exec(line) ?? [];
		const real = line
			.replaceAll("pk_…", this.#key)
			.replace(/\bCODE\b/, this.#code)
			.replaceAll(SERVER, `http://127.0.0.1:${this.port}`)
			.replace(/sqlitecloud:[^'\s]+/, join(this.folder, "cloud.db"));
		if (line.startsWith("promptpulse login pk_…") && real !== this.#login)
			throw new Error(`the page says ${this.#login}, and the document ${real}`);
		// What takes the shell's place can be ended, and takes nothing along that goes on.
		const last = real.startsWith("promptpulse ") && !/[|;&]/.test(real) ? `exec ${real}` : real;
		const program = ["/bin/sh", "-c", [...lasting, last].join("\n")];
		const screen = openScreen([], { home: join(this.folder, home), env: this.env, program });
		this.#running.push(screen);
		if (LASTS.test(line)) lasting.push(real);
		if (/promptpulse serve$/.test(line)) return { line, code: 0, shown: await this.#serve(screen) };
		if (/promptpulse dashboard$/.test(line)) return { line, ...(await openLink(screen)) };
		if (words.startsWith("import ") && !/ list| remove|--yes|--dry-run/.test(line)) {
			await screen.until("Take these totals?");
			screen.type("y");
		}
		const { code, rest } = await screen.end();
		[this.#code = this.#code] = /^[0-9A-Za-z]{24}(?=\r?$)/m.exec(rest) ?? [];
		return { line, code, shown: rest };
	}

	/** Ends whatever still runs. */
	leave(): void {
		for (const screen of this.#running) screen.signal("SIGKILL");
	}

	#moveIn(name: string): string[] {
		const home = join(this.folder, name);
		mkdirSync(home, { recursive: true });
		const lately = new Date(Date.now() - 60_000).toISOString();
		writeTranscripts(join(home, ".claude/projects"), {
			[MAIN]: [answer(1), answer(2, { timestamp: lately })],
		});
		this.prepare(home);
		const lasting: string[] = [];
		this.#lasting.set(name, lasting);
		return lasting;
	}

	/** Opens the link of a server that has no account, fills in the form, and keeps what the page shows. */
	async #serve(screen: Screen): Promise<string> {
		const shown = await screen.until("The link is good once.");
		const [link = ""] = /http\S+\/setup\/\S+/.exec(shown) ?? [];
		const page = await fetch(link, form({ username: "owner", zone: "UTC" }));
		const elements = await elementsOf(await page.text());
		this.#login = plain(byId(elements, "command-login")?.text);
		[this.#key = this.#key] = /pk_\w+/.exec(this.#login) ?? [];
		return shown;
	}
}

function homeOf({ text }: Block): string | undefined {
	return WHOSE.exec(text.split("\n")[0] ?? "")?.[1]?.replace(/\W+/g, "-");
}

/** Visits the link that a dashboard prints; a machine's own then has to end by Ctrl-C, a server's has ended. */
async function openLink(screen: Screen): Promise<Omit<Typed, "line">> {
	const shown = await screen.until("This link ");
	const [link = ""] = /http\S+/.exec(shown) ?? [];
	const opened = await fetch(link, { redirect: "manual" });
	const page = await fetch(new URL("/", link), { headers: { cookie: cookieOf(opened) } });
	if (!page.ok) throw new Error(`${link} led to a page that answers ${page.status}`);
	if (!link.includes("/login/")) screen.signal("SIGINT");
	const { code, rest } = await screen.end();
	return { code, shown: shown + rest + (await page.text()) };
}

/** Puts a program on the `PATH`. */
export function putProgram(bin: string, name: string, script: string): void {
	writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
