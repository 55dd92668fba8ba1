import { type Job, MARK } from "./scheduler.ts";
import { refuse } from "./shell-words.ts";
import { parseMinutes, type Times, twoDigits } from "./times.ts";
import { escapeXml, NOT_XML, textInTag } from "./xml.ts";

/** The day from which on a task runs: any that has been. */
const FROM_DAY = "2026-01-01";

/**
 * A task as Windows' Task Scheduler reads it. A run that was missed is made up for; one that hangs is ended.
 *
 * @throws AppError `invalid_config`
 */
export function taskText(job: Job): string {
	const [command, ...words] = [...job.program, ...job.words];
	refuse([command, ...words], NOT_XML, "the Task Scheduler");
	// It puts values in the place of %names% and of $(names), and there is no way to write them as they are.
	refuse([command, ...words], /%|\$\(/, "the Task Scheduler");
	return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>PromptPulse collects what Claude Code used. ${MARK}</Description>
  </RegistrationInfo>
  <Triggers>
${triggerOf(job.times)}
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(command)}</Command>
      <Arguments>${escapeXml(words.map(quoteForWindows).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function triggerOf({ minutes, hour = 0 }: Times): string {
	const [first = 0] = minutes;
	const start = `<StartBoundary>${FROM_DAY}T${twoDigits(hour)}:${twoDigits(first)}:00</StartBoundary>`;
	if (hour > 0) {
		return `    <CalendarTrigger>
      ${start}
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>`;
	}
	const step = 60 / minutes.length;
	return `    <TimeTrigger>
      <Repetition>
        <Interval>${step === 60 ? "PT1H" : `PT${step}M`}</Interval>
      </Repetition>
      ${start}
    </TimeTrigger>`;
}

export function timesInTask(task: string): Times | undefined {
	const [, hour, start = "none"] = /T(\d\d):(\d\d):00/.exec(textInTag(task, "StartBoundary") ?? "") ?? [];
	const [minute] = parseMinutes(start) ?? [];
	if (minute === undefined) return undefined;
	const isDaily = textInTag(task, "DaysInterval") === "1";
	const [, amount, unit] = /^PT(\d+)([MH])$/.exec(textInTag(task, "Interval") ?? "") ?? [];
	const step = Number(amount) * (unit === "H" ? 60 : 1);
	if (isDaily && amount === undefined) return { minutes: [minute], hour: Number(hour) };
	if (isDaily || !(step > 0) || 60 % step !== 0) return undefined;
	return { minutes: Array.from({ length: 60 / step }, (_, turn) => minute + turn * step), hour: undefined };
}

/** What a task runs and when, the same however its text is laid out. */
export function essenceOf(task: string): string {
	const texts = ["Command", "Arguments"].map((tag) => unescapeXml(textInTag(task, tag) ?? ""));
	return JSON.stringify([...texts, timesInTask(task)]);
}

function unescapeXml(text: string): string {
	const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
	return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
		const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
		return Number.isNaN(code) ? (names[name] ?? whole) : String.fromCodePoint(code);
	});
}

/** A word as programs of Windows take their command line apart: backslashes mean something only before a quote. */
function quoteForWindows(word: string): string {
	if (/^[^\s"]+$/.test(word)) return word;
	return `"${word.replace(/(\\*)(?:"|$)/g, (mark, slashes: string) => slashes + slashes + (mark.endsWith('"') ? '\\"' : ""))}"`;
}
