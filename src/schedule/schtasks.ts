import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { insist, missing, runProgram } from "./run-program.ts";
import { type Installed, type Job, MARK, type Places, type Scheduler } from "./scheduler.ts";
import { essenceOf, taskText, timesInTask } from "./task-xml.ts";

const NAME = "PromptPulse\\collect";

/** Windows' Task Scheduler. */
export function schtasksAt({ scratch }: Places): Scheduler {
	return {
		name: "schtasks",
		title: "the Task Scheduler",
		isThere: async () => Bun.which("schtasks") !== null,
		plan: (job) => [{ place: NAME, text: taskText(job) }],
		find,
		// It gives back what it has understood, in a form of its own.
		isSame: ({ pieces }, job) =>
			pieces.length === 1 && pieces.every(({ text }) => essenceOf(text) === essenceOf(taskText(job))),
		async install(job) {
			const text = taskText(job);
			if (Bun.which("schtasks") === null) throw missing("schtasks");
			await find();
			mkdirSync(scratch, { recursive: true, mode: 0o700 });
			const file = join(scratch, `task.xml.${crypto.randomUUID().slice(-12)}`);
			try {
				writeFileSync(file, Buffer.from(`\ufeff${text}`, "utf16le"), { mode: 0o600, flag: "wx" });
				await insist(["schtasks", "/Create", "/XML", file, "/TN", NAME, "/F"]);
			} finally {
				rmSync(file, { force: true });
			}
		},
		async remove() {
			if (!(await find())) return [];
			await insist(["schtasks", "/Delete", "/TN", NAME, "/F"]);
			return [NAME];
		},
		findCaveat: async (job) => caveatOf(job),
	};
}

/** @throws AppError `invalid_config` for a task of that name that somebody else made */
async function find(): Promise<Installed | undefined> {
	const ran = await runProgram(["schtasks", "/Query", "/TN", NAME, "/XML"]);
	if (ran?.code !== 0) return undefined;
	const text = decode(Buffer.from(ran.out, "latin1"));
	if (text.includes(MARK)) {
		const isOff = /<Enabled>false<\/Enabled>/.test(text);
		return { pieces: [{ place: NAME, text }], times: timesInTask(text), isActive: !isOff };
	}
	throw new AppError(
		"invalid_config",
		`There is a task ${NAME} that promptpulse setup did not make, and it is left as it is.`,
		"Give it another name in the Task Scheduler, and try again.",
	);
}

/** What it prints into a pipe is in one of these. */
function decode(bytes: Buffer): string {
	const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
	return bytes.toString(isWide ? "utf16le" : "utf8").replace("\ufeff", "");
}

function caveatOf({ environment }: Job): string | undefined {
	const names = Object.keys(environment).filter((name) => !ALWAYS.includes(name));
	if (names.length === 0) return undefined;
	return `A task has the variables of your account and no others: for its runs to have ${names.join(", ")} as here, set them with setx.`;
}

const ALWAYS = ["HOME", "PATH"];
