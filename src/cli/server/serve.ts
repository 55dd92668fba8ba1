import { dirname } from "node:path";
import { homeAt, makeHome } from "../../collector/home.ts";
import { readPrices } from "../../collector/own-prices.ts";
import { AppError } from "../../errors.ts";
import { Clock } from "../../jobs/clock.ts";
import { mailReports } from "../../jobs/mail-reports.ts";
import { SERVER_JOBS } from "../../jobs/server-jobs.ts";
import { countAccounts } from "../../ledger/accounts.ts";
import type { Database } from "../../ledger/database.ts";
import { deleteExpiredSetupInvites, saveNewInvite } from "../../ledger/invites.ts";
import { priceEveryonesUnpriced } from "../../ledger/prices.ts";
import { findLedgerUuid } from "../../ledger/settings.ts";
import { type Log, openLog } from "../../log.ts";
import { builtInPrices, type PriceBook } from "../../usage/price.ts";
import { VERSION } from "../../version.ts";
import { usualLimits } from "../../web/gates/limits.ts";
import { HealthCheck } from "../../web/health.ts";
import { listen } from "../../web/listen.ts";
import { Metrics } from "../../web/metrics.ts";
import { mailingOf } from "../../web/people/mailing.ts";
import { createServer, type ServerOptions } from "../../web/server.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { LogLines } from "./log-lines.ts";
import { openServed, type Served } from "./open-served.ts";
import { readServerSettings, type ServerFlags, type ServerSettings } from "./server-settings.ts";

export type ServeFlags = ServerFlags & { check?: boolean };

/** How long the link for the first account is good, in ms. */
const SETUP_MS = 30 * 60_000;

/** The API is loaded this long after the start, in ms, unless it is asked before. */
const API_LOADED_AFTER = 2_000;

/** How requests are counted that no route answered. */
const NO_ROUTE = "none";

/** `promptpulse serve`: the server, until it is told to stop. */
export async function serve(context: Context, flags: ServeFlags): Promise<number> {
	const { config, terminal, now } = context;
	const settings = readServerSettings(config, flags);
	const home = homeAt(config.home);
	const prices = readPrices(home);
	const { database } = settings;
	if (flags.check) {
		terminal.out(`The settings are sound. Usage is kept in ${database.name}.`);
		return DONE;
	}
	if (database.kind === "file" && dirname(database.path) === home.path) makeHome(home);
	const lines = new LogLines(terminal.err);
	const log = openLog({
		level: settings.level,
		isForPeople: settings.isDevelopment,
		write: (text) => lines.write(text),
	});
	const served = await openServed(settings, now(), log);
	try {
		await runServer(context, settings, { served, log, prices, pricesOf: builtInPrices()[0]?.source ?? "" });
	} finally {
		await served.close();
		await lines.end();
	}
	return DONE;
}

type Parts = Pick<ServerOptions, "prices" | "pricesOf"> & { served: Served; log: Log };

async function runServer(
	context: Context,
	settings: ServerSettings,
	{ served, log, ...prices }: Parts,
): Promise<void> {
	const { now } = context;
	const { registration, proxies, host } = settings;
	const { db } = served;
	const mailing = settings.mail && mailingOf(settings.mail.settings, settings.mail.origin);
	const metrics = new Metrics(now(), served.pool);
	const server = createServer({
		db,
		...prices,
		ledger: await findLedgerUuid(db),
		registration,
		mailing,
		isDevelopment: settings.isDevelopment,
		limits: usualLimits(),
		proxies,
		metrics,
		health: new HealthCheck(db, served.folder),
		now,
		report: (error, requestId) => log.error("unexpected error", { requestId, error: textOf(error) }),
		note({ request, response, arrival, route, viewer, tookMs }) {
			const pattern = route?.path ?? NO_ROUTE;
			metrics.noteAnswer(`${request.method} ${pattern}`, response.status);
			log.info("request", {
				requestId: arrival.requestId,
				method: request.method,
				route: pattern,
				status: response.status,
				ms: Math.round(tookMs),
				user: viewer?.account?.id,
				address: arrival.address,
			});
		},
	});
	// Before it listens: whoever sees it answer may end it at once.
	const stopped = interrupted();
	const listening = listen(server, {
		host,
		port: settings.port,
		noteRefusal({ method }, status) {
			metrics.noteAnswer(`${method} ${NO_ROUTE}`, status);
			log.debug("turned away", { method, status });
		},
	});
	const pricing = priceWhatCanBe(db, prices.prices, log);
	const clock = new Clock(
		db,
		mailing ? [...SERVER_JOBS, mailReports(mailing)] : SERVER_JOBS,
		Bun.randomUUIDv7(),
		now,
		log,
	);
	clock.start();
	metrics.watchLoop();
	const origin = proxies.publicUrl ?? `http://${nameOf(host)}:${listening.port}`;
	log.info("listening", { version: VERSION, origin });
	await greet(context, db, origin);
	warnOfOpenness(context, settings);
	// Who asks first should not wait for it; met again by whoever asks, a fault in it is told then.
	const warming = setTimeout(() => server.loadApi().catch(() => undefined), API_LOADED_AFTER);
	await stopped;
	clearTimeout(warming);
	log.info("stopping", { running: listening.running() });
	await Promise.all([listening.stop(), pricing, clock.stop()]);
	metrics.close();
	log.info("stopped");
}

/** What came before its model had a price is priced now that it has one; requests need not wait for that. */
async function priceWhatCanBe(db: Database, prices: PriceBook, log: Log): Promise<void> {
	try {
		const priced = await priceEveryonesUnpriced(db, prices);
		if (priced > 0) log.info("priced what had no price", { responses: priced });
	} catch (error) {
		log.error("what has no price was not priced", { error: textOf(error) });
	}
}

/** Leads whoever started it to the first account, or to the pages. */
async function greet({ terminal, now }: Context, db: Database, origin: string): Promise<void> {
	terminal.err(`PromptPulse ${VERSION} answers at ${origin} until Ctrl-C.`);
	if ((await countAccounts(db)) > 0) return;
	const { code } = await db.transaction(async (tx) => {
		await deleteExpiredSetupInvites(tx, now());
		return saveNewInvite(tx, { role: "owner", createdBy: null, expiresAt: now() + SETUP_MS }, now());
	});
	terminal.err("");
	terminal.err(
		"Nobody has an account yet. To make the first one, the owner's, open this link within 30 minutes:",
	);
	terminal.err("");
	terminal.err(`  ${origin}/setup/${code}`);
	terminal.err("");
	terminal.err("or run this on the machine whose usage comes first:");
	terminal.err("");
	terminal.err(`  promptpulse login --server ${origin} --invite ${code}`);
	terminal.err("");
	terminal.err("The link is good once. A new one is printed whenever the server starts and has no account.");
}

function warnOfOpenness({ terminal }: Context, { host, proxies }: ServerSettings): void {
	if (LOOPBACK.test(host) || proxies.publicUrl?.startsWith("https:")) return;
	terminal.err("");
	terminal.err(
		`Other machines can reach it at ${host}, without encryption as far as is known here: keys could be read on the way.`,
	);
	terminal.err(
		"Put a proxy with https before it and name its address in PUBLIC_URL, or listen on 127.0.0.1.",
	);
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** How a browser on this machine names what is listened on. */
function nameOf(host: string): string {
	if (host === "0.0.0.0" || host === "::") return "localhost";
	return host.includes(":") ? `[${host}]` : host;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The first signal asks to stop; a second one does not wait for it. */
function interrupted(): Promise<void> {
	return new Promise((resolve) => {
		const stop = () => {
			for (const signal of SIGNALS) process.off(signal, stop);
			resolve();
		};
		for (const signal of SIGNALS) process.on(signal, stop);
	});
}

function textOf(error: unknown): string {
	if (error instanceof AppError) return `${error.message} ${error.cause ?? ""}`;
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
