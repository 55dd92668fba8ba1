import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { readMarked, removeMarked, writeMarked } from "./marked-file.ts";
import { failed, missing, type Ran, runProgram } from "./run-program.ts";
import {
	type Installed,
	type Job,
	MARK,
	type Piece,
	type Places,
	type Scheduler,
	samePieces,
} from "./scheduler.ts";
import { cleanWords, refuse } from "./shell-words.ts";
import type { Times } from "./times.ts";
import { escapeXml, NOT_XML } from "./xml.ts";

const LABEL = "com.promptpulse.collect";

/** An agent that is told to go ends in its own time; then it is tried again, every so many ms. */
const TRIES = 5;
const TRY_EVERY = 300;

/** macOS: an agent of the person. */
export function launchdAt({ userHome }: Places): Scheduler {
	const place = join(userHome, "Library/LaunchAgents", `${LABEL}.plist`);
	const plan = (job: Job): Piece[] => [{ place, text: plistOf(job) }];
	const find = async (): Promise<Installed | undefined> => {
		const text = readMarked(place);
		if (text === undefined) return undefined;
		return { pieces: [{ place, text }], times: timesIn(text), isActive: await isLoaded() };
	};
	return {
		name: "launchd",
		title: "launchd",
		isThere: async () => Bun.which("launchctl") !== null,
		plan,
		find,
		isSame: ({ pieces }, job) => samePieces(pieces, plan(job)),
		async install(job) {
			const [{ text } = { text: "" }] = plan(job);
			readMarked(place);
			if (Bun.which("launchctl") === null) throw missing("launchctl");
			writeMarked(place, text);
			await load(place);
		},
		async remove() {
			if (!existsSync(place)) return [];
			readMarked(place);
			if (await isLoaded()) await launchctl("bootout", `${domain()}/${LABEL}`);
			return removeMarked(place) ? [place] : [];
		},
	};
}

/** @throws AppError `scheduler_failed` */
async function load(place: string): Promise<void> {
	if (await isLoaded()) await launchctl("bootout", `${domain()}/${LABEL}`);
	let ran: Ran | undefined;
	for (let tries = 0; tries < TRIES; tries++) {
		ran = await launchctl("bootstrap", domain(), place);
		if (ran.code === 0) return;
		await Bun.sleep(TRY_EVERY);
	}
	if (ran) throw failed(["launchctl", "bootstrap", domain(), place], ran);
}

async function launchctl(...words: string[]): Promise<Ran> {
	const ran = await runProgram(["launchctl", ...words]);
	if (!ran) throw missing("launchctl");
	return ran;
}

async function isLoaded(): Promise<boolean> {
	return (await runProgram(["launchctl", "print", `${domain()}/${LABEL}`]))?.code === 0;
}

/** Where agents of a person at the screen live. */
function domain(): string {
	const uid = process.getuid?.();
	if (uid !== undefined) return `gui/${uid}`;
	throw new AppError(
		"scheduler_failed",
		"launchd is a part of macOS, and this is another system.",
		"Leave out --scheduler, so that this system's own is taken.",
	);
}

/** @throws AppError `invalid_config` */
function plistOf(job: Job): string {
	const words = cleanWords(job);
	refuse(words, NOT_XML, "launchd");
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARK} -->
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>${LABEL}</string>
	<key>ProgramArguments</key>
	<array>
${words.map((word) => `\t\t<string>${escapeXml(word)}</string>`).join("\n")}
	</array>
	<key>StartCalendarInterval</key>
	<array>
${job.times.minutes.map((minute) => timeOf(minute, job.times.hour)).join("\n")}
	</array>
	<key>ProcessType</key>
	<string>Background</string>
</dict>
</plist>
`;
}

function timeOf(minute: number, hour: number | undefined): string {
	const ofHour = hour === undefined ? "" : `<key>Hour</key><integer>${hour}</integer>`;
	return `\t\t<dict>${ofHour}<key>Minute</key><integer>${minute}</integer></dict>`;
}

function timesIn(plist: string): Times | undefined {
	const numbers = (key: string) =>
		[...plist.matchAll(new RegExp(`<key>${key}</key>\\s*<integer>(\\d{1,2})</integer>`, "g"))].map(
			([, number]) => Number(number),
		);
	const minutes = numbers("Minute");
	const [hour] = numbers("Hour");
	return minutes.length === 0 ? undefined : { minutes, hour };
}
