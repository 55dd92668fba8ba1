import { homeAt } from "../../collector/home.ts";
import { readPrices } from "../../collector/own-prices.ts";
import { AppError } from "../../errors.ts";
import { findLastSeen } from "../../ledger/machines.ts";
import { openLedger } from "../../ledger/open.ts";
import { findFirstDay } from "../../reports/first-use.ts";
import { builtInPrices } from "../../usage/price.ts";
import { MONDAY } from "../../usage/weekdays.ts";
import { createDashboard, type OwnSource, type SourceOf } from "../../web/dashboard.ts";
import { LinkAccess } from "../../web/gates/link-access.ts";
import { hasLeftSample } from "../../web/pages/own.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { collectUsage, type OpenUsage, openUsage } from "../open-usage.ts";
import { tellTrouble } from "../trouble.ts";
import { openBrowser } from "./browser.ts";
import { fillSample } from "./sample.ts";
import { findPages, openPages, type PagesFlags } from "./server-pages.ts";

/** `open`: false with `--no-open`. `local`: the machine's own pages, whoever is logged in. */
export type DashboardFlags = PagesFlags & { local?: boolean; port?: string; sample?: boolean };

/** While the pages are open, what is new in the transcripts is collected this often, in ms. */
const COLLECT_EVERY = 60_000;
/** What the server cuts off by itself, in bytes; the gate refuses far less, and says so. */
const LARGEST_BODY = 1024 * 1024;

/** `promptpulse dashboard`: opens the server's pages where somebody is logged in, else this machine's own. */
export async function dashboard(context: Context, flags: DashboardFlags): Promise<number> {
	// A port and made-up data are only the machine's own.
	const isLocal = flags.local || flags.sample || flags.port !== undefined;
	const access = isLocal ? undefined : findPages(context, flags);
	return access ? openPages(context, access, flags) : serveOwnPages(context, flags);
}

/** Serves the machine's own ledger on loopback until it is interrupted. */
async function serveOwnPages(context: Context, flags: DashboardFlags): Promise<number> {
	const { terminal, now } = context;
	const port = readPort(flags.port);
	const usage = await openUsage(context, true);
	tellTrouble(context, usage);
	const access = new LinkAccess();
	const app = createDashboard({
		sourceOf: await sources(context, usage, access, flags.sample ?? false),
		access,
		isDevelopment: !Bun.isStandaloneExecutable,
		now,
		report: (error, requestId) => terminal.err(`Request ${requestId} failed.\n${textOf(error)}`),
	});
	const server = listen(port, (request) => app.handle(request));
	// Before the link is out: whoever sees it may end the command at once.
	const stopped = interrupted();
	const link = new URL(access.path, `http://127.0.0.1:${server.port}`).href;
	terminal.out(link);
	const shown = flags.sample ? "made-up data" : "your usage";
	terminal.err(`This link shows ${shown} in the browser, while this command runs. Ctrl-C ends it.`);
	if (flags.open) await openBrowser(context, link);
	await stopped;
	app.close();
	await server.stop(true);
	await usage.db.close();
	return DONE;
}

/** Which ledger a visitor sees: the machine's own, and made-up usage while there is none or where it is asked for. */
async function sources(
	context: Context,
	usage: OpenUsage,
	access: LinkAccess,
	wantsSample: boolean,
): Promise<SourceOf> {
	const own = await sourceOf(context, usage);
	let isEmpty = !(await hasUsage(own));
	const sample = isEmpty || wantsSample ? await sampleOf(context, own) : own;
	const timer = setInterval(async () => {
		if (!(await collectAgain(context, own))) clearInterval(timer);
		isEmpty = isEmpty && !(await hasUsage(own));
	}, COLLECT_EVERY);
	timer.unref();
	return (request) => ((isEmpty || wantsSample) && !hasLeftSample(request, access) ? sample : own);
}

async function sourceOf(
	{ config, now }: Context,
	{ db, user, looked, collected }: OpenUsage,
): Promise<OwnSource> {
	return {
		db,
		asker: user,
		zone: config.zone,
		weekStart: MONDAY,
		prices: readPrices(homeAt(config.home)),
		pricesOf: builtInPrices()[0]?.source ?? "",
		asOf: (collected ? undefined : await findLastSeen(db, user.id)) ?? now(),
		isSample: false,
		looked,
	};
}

async function sampleOf({ now }: Context, own: OwnSource): Promise<OwnSource> {
	const db = await openLedger(":memory:", now());
	const asker = await fillSample(db, { zone: own.zone, prices: own.prices, now: now() });
	return { ...own, db, asker, isSample: true };
}

async function hasUsage({ db, asker, zone }: OwnSource): Promise<boolean> {
	return (await findFirstDay(db, asker, { zone })) !== undefined;
}

/** @returns false if there is no use in trying again */
async function collectAgain(context: Context, own: OwnSource): Promise<boolean> {
	try {
		const { db } = await collectUsage(context, false);
		await db.close();
		own.asOf = context.now();
	} catch (error) {
		const code = error instanceof AppError ? error.code : undefined;
		// Where nothing can be written people were told at the start.
		if (code === "ledger_unwritable") return false;
		// While it is locked another collect does the same work.
		if (code !== "locked")
			context.terminal.err(`The transcripts could not be collected again.\n${textOf(error)}`);
	}
	return true;
}

function listen(port: number, fetch: (request: Request) => Response | Promise<Response>) {
	try {
		return Bun.serve({
			hostname: "127.0.0.1",
			port,
			fetch,
			maxRequestBodySize: LARGEST_BODY,
			// Otherwise Bun answers what it did not expect with a page that shows sources and paths.
			development: false,
			// And otherwise, out of development, two dashboards would share a port and answer by turns.
			reusePort: false,
		});
	} catch (error) {
		throw new AppError(
			"usage",
			`Port ${port} of this machine cannot be used (${error instanceof Error ? error.message : error}).`,
			"Name another one with --port, or leave it out to get one that is free.",
			{ cause: error },
		);
	}
}

function readPort(text = "0"): number {
	const port = Number(text);
	if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
	throw new AppError(
		"usage",
		`--port ${JSON.stringify(text)} is not a port.`,
		"Give a number from 0 to 65535.",
	);
}

function interrupted(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
}

function textOf(error: unknown): string {
	if (error instanceof AppError) return error.message;
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
