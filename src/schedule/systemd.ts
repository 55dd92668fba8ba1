import { isAbsolute, join } from "node:path";
import { readMarked, removeMarked, writeMarked } from "./marked-file.ts";
import { insist, runProgram } from "./run-program.ts";
import {
	type Installed,
	type Job,
	MARK,
	type Piece,
	type Places,
	type Scheduler,
	samePieces,
} from "./scheduler.ts";
import { cleanWords } from "./shell-words.ts";
import { parseMinutes, type Times, twoDigits } from "./times.ts";

const TIMER = "promptpulse.timer";
const SERVICE = "promptpulse.service";

/** The person's own systemd: a timer that starts a service. */
export function systemdAt({ userHome, xdgConfigHome }: Places): Scheduler {
	// A relative one does not count, says its standard.
	const base = xdgConfigHome && isAbsolute(xdgConfigHome) ? xdgConfigHome : join(userHome, ".config");
	const folder = join(base, "systemd/user");
	const places = [join(folder, SERVICE), join(folder, TIMER)] as const;
	const plan = (job: Job): Piece[] => [
		{ place: places[0], text: serviceText(job) },
		{ place: places[1], text: timerText(job.times) },
	];
	const find = async (): Promise<Installed | undefined> => {
		const pieces = places.flatMap((place) => {
			const text = readMarked(place);
			return text === undefined ? [] : [{ place, text }];
		});
		if (pieces.length === 0) return undefined;
		const timer = pieces.find(({ place }) => place === places[1]);
		const isActive = pieces.length === places.length && (await isTimerActive());
		return { pieces, times: timer && timesIn(timer.text), isActive };
	};
	return {
		name: "systemd",
		title: "systemd",
		isThere: async () => (await systemctl("show-environment"))?.code === 0,
		plan,
		find,
		isSame: ({ pieces }, job) => samePieces(pieces, plan(job)),
		async install(job) {
			const pieces = plan(job);
			for (const { place } of pieces) readMarked(place);
			// Before anything is written: files that nothing heeds help nobody.
			await insist(["systemctl", "--user", "show-environment"]);
			for (const { place, text } of pieces) writeMarked(place, text);
			await insist(["systemctl", "--user", "daemon-reload"]);
			await insist(["systemctl", "--user", "enable", "--now", TIMER]);
			// One that was running goes by its former times until then.
			await insist(["systemctl", "--user", "restart", TIMER]);
		},
		async remove() {
			const there = places.filter((place) => readMarked(place) !== undefined);
			if (there.length === 0) return [];
			// Where nothing answers nothing runs, and the files are all that is to be taken away.
			await systemctl("disable", "--now", TIMER);
			for (const place of there) removeMarked(place);
			await systemctl("daemon-reload");
			return there;
		},
		findCaveat,
	};
}

function systemctl(...words: string[]) {
	return runProgram(["systemctl", "--user", ...words]);
}

async function isTimerActive(): Promise<boolean> {
	const [enabled, active] = [await systemctl("is-enabled", TIMER), await systemctl("is-active", TIMER)];
	return enabled?.code === 0 && active?.code === 0;
}

/** A person's systemd ends with their last session, unless told otherwise. */
async function findCaveat(): Promise<string | undefined> {
	const user = String(process.getuid?.() ?? "");
	const linger = await runProgram(["loginctl", "show-user", user, "--property=Linger", "--value"]);
	if (linger?.out.trim() === "yes") return undefined;
	return "systemd runs it only while you are logged in. Run loginctl enable-linger once, and it runs always.";
}

function serviceText(job: Job): string {
	return `# ${MARK}
[Unit]
Description=PromptPulse collects what Claude Code used

[Service]
Type=oneshot
ExecStart=${cleanWords(job).map(quoteForSystemd).join(" ")}
# The server was not reached, or another collect was running: the next one does the same work.
SuccessExitStatus=4 8
`;
}

/** A run that was missed while the machine was off is made up for. */
function timerText(times: Times): string {
	return `# ${MARK}
[Unit]
Description=PromptPulse collects what Claude Code used

[Timer]
OnCalendar=${calendar(times)}
Persistent=true

[Install]
WantedBy=timers.target
`;
}

function calendar({ minutes, hour }: Times): string {
	return `*-*-* ${hour === undefined ? "*" : twoDigits(hour)}:${minutes.map(twoDigits).join()}:00`;
}

function timesIn(timer: string): Times | undefined {
	const [, hour, list = "none"] = /^OnCalendar=\*-\*-\* (\*|\d\d):([\d,]+):00$/m.exec(timer) ?? [];
	const minutes = parseMinutes(list);
	return minutes && { minutes, hour: hour === "*" ? undefined : Number(hour) };
}

/** A word as systemd reads it: `%` and `$` doubled, and within quotes C's escapes. */
function quoteForSystemd(word: string): string {
	const doubled = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
	if (/^[\w@+:,./=%$-]+$/.test(doubled)) return doubled;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a unit file cannot have them as they are.
	const escaped = doubled.replace(/[\u0000-\u001f\u007f"\\]/g, (mark) => {
		if (mark === '"' || mark === "\\") return `\\${mark}`;
		return `\\x${mark.charCodeAt(0).toString(16).padStart(2, "0")}`;
	});
	return `"${escaped}"`;
}
