import type { Times } from "./times.ts";

/** What runs a program by the clock. */
export const SCHEDULER_NAMES = ["cron", "systemd", "launchd", "schtasks"] as const;

export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

/** What is to be run, and when. No shell stands between: these are the words that arrive. */
export type Job = {
	/** The program's absolute path, and what has to stand between it and its own words. */
	program: readonly [path: string, ...words: string[]];
	words: readonly string[];
	/** All that it gets to know of its surroundings. */
	environment: Readonly<Record<string, string>>;
	times: Times;
};

/** A text as it is installed, and where: a file's path, or what else it is called. */
export type Piece = { place: string; text: string };

/** What setup made, and is there. */
export type Installed = {
	pieces: readonly Piece[];
	/** Undefined where somebody has changed them into what cannot be understood. */
	times: Times | undefined;
	/** Whether the system heeds what is installed. */
	isActive: boolean;
};

/** One of the systems' ways to run a program by the clock. */
export type Scheduler = {
	name: SchedulerName;
	/** What it is called in sentences. */
	title: string;
	/** Whether this machine has it. */
	isThere(): Promise<boolean>;
	/**
	 * What it would install.
	 *
	 * @throws AppError `invalid_config` for a path that cannot be said in its words
	 */
	plan(job: Job): Piece[];
	/** @throws AppError `invalid_config`, `scheduler_failed` */
	find(): Promise<Installed | undefined>;
	/** Whether what is installed is what it would install now. */
	isSame(installed: Installed, job: Job): boolean;
	/**
	 * Installs the job in place of what it has installed before.
	 *
	 * @throws AppError `invalid_config`, `scheduler_failed`
	 */
	install(job: Job): Promise<void>;
	/**
	 * Takes away all that it has installed, and nothing else.
	 *
	 * @returns the places where there was something
	 * @throws AppError `invalid_config`, `scheduler_failed`
	 */
	remove(): Promise<string[]>;
	/** What may keep it from running as it should although it is installed, in sentences. */
	findCaveat?(job: Job): Promise<string | undefined>;
};

/** Where schedulers keep what they are told. */
export type Places = {
	userHome: string;
	/** `XDG_CONFIG_HOME` */
	xdgConfigHome: string | undefined;
	/** A folder that may be written to, made when it is needed. */
	scratch: string;
};

/** What stands in all that is installed, so that it is known again. */
export const MARK = "Made by promptpulse setup, which also changes and removes it.";

export function samePieces(some: readonly Piece[], others: readonly Piece[]): boolean {
	const key = (pieces: readonly Piece[]) => JSON.stringify(pieces.map(({ place, text }) => [place, text]));
	return key(some) === key(others);
}
