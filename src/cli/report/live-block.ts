import { AppError } from "../../errors.ts";
import type { UsageFilter } from "../../usage/filter.ts";
import type { Context } from "../context.ts";
import { readDuration } from "../duration.ts";
import { DONE } from "../exit-code.ts";
import { openUsage } from "../open-usage.ts";
import { factsText, wrap } from "../screen/facts.ts";
import { LiveScreen } from "../screen/live-screen.ts";
import { dim } from "../screen/terminal.ts";
import { tellTrouble } from "../trouble.ts";
import { readNames } from "./name-flags.ts";
import type { ReportFlags } from "./report.ts";
import { type AskedFilter, inZone, readFilter } from "./report-flags.ts";
import { nothingRuns, type RunningBlock, readRunningBlock, runningFacts } from "./running-block.ts";
import { unpricedOf, unpricedSentence } from "./terms.ts";

const EVERY = "5s";
const SHORTEST_MS = 1_000;

/** What was found at one look. */
type Look = { filter: UsageFilter; running: RunningBlock | undefined; notes: readonly string[] };

/**
 * `promptpulse report blocks --live`: collects and draws the running block anew every few seconds, until Ctrl-C. The last
 * picture stays.
 */
export async function liveBlock(context: Context, flags: ReportFlags): Promise<number> {
	const { terminal } = context;
	if (!terminal.draws) {
		throw new AppError(
			"usage",
			"--live draws on a terminal, and this output goes to none, or to one that cannot be drawn on.",
			"Ask for promptpulse report blocks --active, which prints the same once.",
		);
	}
	const every = readEvery(flags.every ?? EVERY);
	const asked = readFilter(flags);
	// The first look may read a long history: it shows how far it is, and Ctrl-C ends it like any collect.
	let look = await lookAt(context, flags, asked);
	const screen = new LiveScreen();
	const hint = `Looks again every ${every / 1_000} s, until Ctrl-C.`;
	const draw = () => screen.draw([...pictureOf(context, look), hint], terminal.columns, process.stdout.rows);
	const show = () => {
		screen.open();
		draw();
	};
	let isEnded = false;
	let wake = () => {};
	const end = () => {
		isEnded = true;
		wake();
	};
	const ignore = listen({ end, pause: () => screen.close(), resume: show, resize: draw });
	try {
		show();
		for (;;) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, every);
				wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
			if (isEnded) break;
			look = await lookAt(quiet(context), flags, asked);
			draw();
		}
	} finally {
		ignore();
		screen.close();
	}
	terminal.out(pictureOf(context, look).join("\n"));
	return DONE;
}

/** @throws AppError `usage` */
function readEvery(text: string): number {
	const ms = readDuration("--every", /^\d+$/.test(text) ? `${text}s` : text);
	if (ms >= SHORTEST_MS) return ms;
	throw new AppError("usage", `--every ${text} is too often.`, "Give a second (1s) or more.");
}

/** Collects, and notes what people are told of it. */
async function lookAt(context: Context, flags: ReportFlags, asked: AskedFilter): Promise<Look> {
	const notes: string[] = [];
	const noting = { ...context, terminal: { ...context.terminal, err: (text: string) => notes.push(text) } };
	const usage = await openUsage(noting, flags.collect);
	try {
		const days = inZone(asked, context.config, usage.user.zone);
		const filter = { ...days, ...(await readNames(usage.db, usage.user, flags)) };
		const running = await readRunningBlock(usage.db, usage.user, filter, context.now());
		tellTrouble(noting, usage);
		return { filter, running, notes };
	} finally {
		await usage.db.close();
	}
}

/** Progress would be drawn over the picture. */
function quiet(context: Context): Context {
	return { ...context, terminal: { ...context.terminal, redraw: undefined } };
}

/** Lines of the running block, and of what there is to say about it. */
function pictureOf({ terminal, config, now }: Context, { filter, running, notes }: Look): string[] {
	const words = (text: string) => wrap(text, terminal.columns).map((line) => dim(terminal, line));
	const unpriced = running && unpricedSentence(unpricedOf(running.parts), config.home);
	return [
		...(running
			? factsText(terminal, runningFacts(running, filter.zone, now())).split("\n")
			: [nothingRuns(filter)]),
		"",
		...words(`Estimate at list price, not a bill. Times of ${filter.zone}.`),
		...[...(unpriced ? [unpriced] : []), ...notes].flatMap(words),
	];
}

type Handlers = { end(): void; pause(): void; resume(): void; resize(): void };

/** Listens to what a person at a terminal does, until the function that it gives is called. */
function listen({ end, pause, resume, resize }: Handlers): () => void {
	const stop = () => {
		pause();
		process.kill(process.pid, "SIGSTOP");
	};
	const signals = [
		["SIGINT", end],
		["SIGTERM", end],
		["SIGTSTP", stop],
		["SIGCONT", resume],
	] as const;
	for (const [signal, handler] of signals) process.on(signal, handler);
	process.stdout.on("resize", resize);
	return () => {
		for (const [signal, handler] of signals) process.off(signal, handler);
		process.stdout.off("resize", resize);
	};
}
