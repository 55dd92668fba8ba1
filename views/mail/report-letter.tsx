import type { ReportLetter } from "../../src/reports/report-letter.ts";
import { addExact, type Exact, totalTokens, type Usage } from "../../src/usage/usage.ts";
import { longMonthName, periodWords } from "../parts/days.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, counted, percent, short, whole } from "../parts/words.ts";

/** A letter as it is read: as markup and as plain text. */
export type Written = { subject: string; html: string; text: string };

/** Where its links lead: the server, and what ends the reports. */
export type LetterLinks = { origin: string; stop: string };

/** A line of a letter: what it is of and what it comes to. */
type Line = { name: string; value: string; more?: string };

type Part = { title: string; lines: Line[] };

const FREQUENCIES = { daily: "day", weekly: "week", monthly: "month" };

/** Writes a report as a letter. Names of projects and models stand in it as text, and nowhere in its head. */
export function writeReportLetter(letter: ReportLetter, links: LetterLinks): Written {
	const title = `${titleOf(letter)}: ${costOf(letter.usage)}`;
	const parts = partsOf(letter);
	return {
		subject: `Claude Code, ${title}`,
		html: String(<LetterPage title={title} letter={letter} parts={parts} links={links} />),
		text: textOf(title, letter, parts, links),
	};
}

function titleOf({ every, period }: ReportLetter): string {
	if (every === "monthly") return longMonthName(period.since);
	return every === "weekly" ? `the week ${periodWords(period)}` : periodWords(period);
}

function partsOf(letter: ReportLetter): Part[] {
	const { usage, models, projects, projectCount } = letter;
	const tokens: readonly (readonly [string, Exact])[] = [
		["Input", usage.input],
		["Output", usage.output],
		["Cache write", addExact(usage.cacheWrite5m, usage.cacheWrite1h)],
		["Cache read", usage.cacheRead],
	];
	return [
		{
			title: "In all",
			lines: [
				{ name: "Cost", value: costOf(usage), more: changeOf(letter) },
				{ name: "Tokens", value: short(totalTokens(usage)) },
				{ name: "Sessions", value: whole(letter.sessions) },
				{ name: "Responses", value: whole(usage.responses) },
				...(letter.every === "daily" ? [] : [{ name: "Active days", value: whole(letter.activeDays) }]),
			],
		},
		{ title: "Tokens", lines: tokens.map(([name, amount]) => ({ name, value: short(amount) })) },
		{
			title:
				projectCount > projects.length
					? `Projects, ${projects.length} of ${whole(projectCount)}`
					: "Projects",
			lines: projects.map((row) => lineOf(row.name || "no folder", row.usage, usage)),
		},
		{ title: "Models", lines: models.map((row) => lineOf(row.model, row, usage)) },
	].filter(({ lines }) => lines.length > 0);
}

function lineOf(name: string, own: Usage, all: Usage): Line {
	const share = Number(all.costNanoUsd) === 0 ? undefined : Number(own.costNanoUsd) / Number(all.costNanoUsd);
	return { name, value: costOf(own), ...(share === undefined ? {} : { more: percent(share) }) };
}

/** How much more or less than in the day, week or month before. */
function changeOf({ every, usage, before }: ReportLetter): string {
	const [now, then] = [Number(usage.costNanoUsd), Number(before.costNanoUsd)];
	if (then === 0) return `nothing the ${FREQUENCIES[every]} before`;
	const change = now / then - 1;
	const direction = change < 0 ? "less" : "more";
	return `${percent(Math.abs(change))} ${direction} than the ${FREQUENCIES[every]} before (${costOf(before)})`;
}

function unpricedWords({ models }: ReportLetter): string {
	const missing = models.filter(({ unpriced }) => unpriced !== 0);
	if (missing.length === 0) return "";
	return `${counted(missing.length, "model")} without a known price: the cost is at least this.`;
}

function footOf({ every, zone }: ReportLetter): string {
	const when = { daily: "each day", weekly: "each week", monthly: "each month" }[every];
	return `You asked for this report ${when}. Days are those of ${zone}. Costs are what the API would charge at list price, not your bill.`;
}

function textOf(title: string, letter: ReportLetter, parts: readonly Part[], links: LetterLinks): string {
	const lines = parts.flatMap((part) => [
		part.title,
		...part.lines.map(({ name, value, more }) => `  ${name}: ${value}${more ? ` (${more})` : ""}`),
		"",
	]);
	const missing = unpricedWords(letter);
	return [
		title,
		"",
		...lines,
		...(missing === "" ? [] : [missing, ""]),
		`All of it: ${links.origin}/`,
		"",
		footOf(letter),
		`To get no more of them: ${links.stop}`,
		"",
	]
		.map((line) => line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ""))
		.join("\n");
}

/* Mail programs know no style sheets, and dark ones turn these colours round by themselves. */
const BODY =
	"margin:0;padding:24px 12px;background:#f6f7f9;color:#1f2430;font:14px/20px system-ui,sans-serif";
const CARD =
	"width:100%;max-width:560px;margin:0 auto;background:#fff;border:1px solid #e3e6eb;border-radius:8px";
const CELL = "padding:6px 20px;vertical-align:top";
const NUMBER = `${CELL};text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;font-weight:600`;
const QUIET = "color:#5b6472;font-size:12px;line-height:18px";

function LetterPage({
	title,
	letter,
	parts,
	links,
}: {
	title: string;
	letter: ReportLetter;
	parts: readonly Part[];
	links: LetterLinks;
}) {
	const missing = unpricedWords(letter);
	return (
		<>
			{"<!doctype html>"}
			<html lang="en">
				<head>
					<meta charset="utf-8" />
					<meta name="viewport" content="width=device-width" />
					<title safe>{title}</title>
				</head>
				<body style={BODY}>
					<table role="presentation" style={CARD} cellpadding="0" cellspacing="0">
						<tr>
							<td colspan="2" style={`${CELL};padding-top:20px`}>
								<p style={`margin:0;${QUIET}`}>PromptPulse</p>
								<h1 style="margin:4px 0 0;font-size:20px;line-height:28px" safe>
									{title.charAt(0).toUpperCase() + title.slice(1)}
								</h1>
								{missing === "" ? null : (
									<p style={`margin:4px 0 0;${QUIET}`} safe>
										{missing}
									</p>
								)}
							</td>
						</tr>
						{parts.map((part) => (
							<LetterPart part={part} />
						))}
						<tr>
							<td colspan="2" style={`${CELL};padding-top:16px`}>
								<a href={escapeAttribute(`${links.origin}/`)} style="color:#1d4fc4">
									See all of it
								</a>
							</td>
						</tr>
						<tr>
							<td colspan="2" style={`${CELL};padding-bottom:20px;${QUIET}`}>
								<span safe>{footOf(letter)}</span>{" "}
								<a href={escapeAttribute(links.stop)} style="color:#5b6472">
									Get no more of them
								</a>
							</td>
						</tr>
					</table>
				</body>
			</html>
		</>
	);
}

function LetterPart({ part }: { part: Part }) {
	return (
		<>
			<tr>
				<th colspan="2" scope="colgroup" style={`${CELL};padding-top:16px;text-align:left`} safe>
					{part.title}
				</th>
			</tr>
			{part.lines.map(({ name, value, more }) => (
				<tr>
					<td style={`${CELL};word-break:break-word`} safe>
						{name}
					</td>
					<td style={NUMBER}>
						<span safe>{value}</span>
						{more === undefined ? null : (
							<span style={`display:block;font-weight:400;white-space:normal;${QUIET}`} safe>
								{more}
							</span>
						)}
					</td>
				</tr>
			))}
		</>
	);
}
