import { lstatSync } from "node:fs";
import { type Answer, NETWORK, type Network } from "../../collector/ask-server.ts";
import { type Credentials, readCredentials } from "../../collector/credentials.ts";
import { type Home, homeAt } from "../../collector/home.ts";
import { lookAtLogin, type ReadLogin } from "../../collector/kept-login.ts";
import { type LastRun, readLastRun } from "../../collector/last-run.ts";
import { needsConsent, Server, type ServerAccount } from "../../collector/server.ts";
import { findServerHealth, type ServerHealth } from "../../collector/server-health.ts";
import { type Config, readConfig } from "../../config.ts";
import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { readSetup, type SetupState } from "../setup/read-setup.ts";
import { type ClaudeDirectory, lookThroughClaude } from "./claude-directories.ts";
import { type LedgerFound, openToLook } from "./ledger-found.ts";

/** How long a server may take for an answer, in ms. */
const DEADLINE_MS = 5_000;

/** What several checks look at. Each is looked up when the first asks for it, and nothing is written. */
export class Scene {
	readonly home: Home;
	readonly now: () => number;
	readonly context: Context;
	readonly network: Network = { ...NETWORK, deadline: DEADLINE_MS };
	readonly #config: Config;
	#ledger: Promise<LedgerFound> | undefined;
	#account: Promise<Answer<ServerAccount>> | undefined;
	#health: Promise<Answer<ServerHealth>> | undefined;
	#claude: Promise<ClaudeDirectory[]> | undefined;
	#setup: Promise<SetupState> | undefined;

	constructor(context: Context) {
		const { config, now } = context;
		this.context = context;
		this.#config = config;
		this.home = homeAt(config.home);
		this.now = now;
	}

	/** The settings in force; those of the environment alone where `config.json` cannot be understood. */
	get config(): Config {
		try {
			// It is read with the first setting that it may keep.
			void this.#config.projectPrivacy;
			void this.#config.claudeConfigDir;
			void this.#config.machineLabel;
			return this.#config;
		} catch (error) {
			if (error instanceof AppError) return readConfig();
			throw error;
		}
	}

	/** @throws AppError `invalid_config` */
	login(): ReadLogin {
		return lookAtLogin(this.home);
	}

	/**
	 * Where usage is sent to, whether its connection is a safe one or not.
	 *
	 * @throws AppError `invalid_config`, `no_key`
	 */
	credentials(): Credentials & { mayAsk: boolean } {
		const login = this.login();
		const found = readCredentials(this.home, this.config, true, login);
		const { server } = found;
		return { ...found, mayAsk: server !== undefined && (!needsConsent(server) || this.isConsented(server)) };
	}

	/** Whether the person allowed http for a server, when logging in. */
	isConsented(address: string): boolean {
		const { login } = this.login();
		return login.insecure === true && (login.server === undefined || isSameAddress(login.server, address));
	}

	/** Undefined where nothing that can be understood is noted. */
	lastRun(): LastRun | undefined {
		return isOrdinaryFile(this.home.lastRun) ? readLastRun(this.home) : undefined;
	}

	/** The ledger, open if it can be. */
	ledger(): Promise<LedgerFound> {
		this.#ledger ??= openToLook(this.home);
		return this.#ledger;
	}

	/** Whose key it is, asked once. */
	account(access: NonNullable<Credentials["access"]>): Promise<Answer<ServerAccount>> {
		this.#account ??= new Server(access, this.network).findAccount();
		return this.#account;
	}

	/** How the server is, asked once. */
	health(address: string): Promise<Answer<ServerHealth>> {
		this.#health ??= findServerHealth(address, this.now, this.network);
		return this.#health;
	}

	/** Every Claude directory, and what is in it. */
	claude(): Promise<ClaudeDirectory[]> {
		this.#claude ??= lookThroughClaude(this);
		return this.#claude;
	}

	/** What starts a collect by itself. */
	setup(): Promise<SetupState> {
		this.#setup ??= readSetup({ ...this.context, config: this.config });
		return this.#setup;
	}

	/** Something was mended: what may have changed by that is looked at anew. */
	forget(): void {
		this.#claude = undefined;
		this.#setup = undefined;
	}

	async close(): Promise<void> {
		const found = await this.#ledger;
		if (found?.is === "usable") await found.db.close();
	}
}

function isSameAddress(one: string, other: string): boolean {
	return URL.canParse(one) && URL.canParse(other) && new URL(one).href.replace(/\/+$/, "") === other;
}

/** A link is not followed, and a pipe not waited for. */
export function isOrdinaryFile(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
