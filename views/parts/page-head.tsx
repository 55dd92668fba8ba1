import type { KnownNames } from "../../src/reports/first-use.ts";
import { DAY_MS } from "../../src/usage/day.ts";
import type { Shell } from "../layout.tsx";
import { dayOf, moment } from "./days.ts";
import { escapeAttribute } from "./safe-url.ts";
import { counted } from "./words.ts";

type Machine = KnownNames["machines"][number];

/** A weekend without use is no silence. */
const SILENT_DAYS = 3;

/** How many days a machine has been silent, undefined where that is not worth telling. */
export function silentDays({ lastSeen }: Machine, now: number): number | undefined {
	const days = Math.floor((now - lastSeen) / DAY_MS);
	return days >= SILENT_DAYS ? days : undefined;
}

/**
 * The page's title, and how fresh its numbers are.
 *
 * @param props.href where the machines are, for one that is silent
 */
export function PageHead({
	shell,
	machines,
	href,
}: {
	shell: Shell;
	machines: readonly Machine[];
	href: string;
}) {
	const silent = machines.filter((machine) => silentDays(machine, shell.now) !== undefined);
	const reporting = machines.length - silent.length;
	const asOf = moment(shell.asOf, shell.zone, dayOf(shell.now, shell.zone));
	return (
		<header class="page-head">
			<h1 safe>{shell.title}</h1>
			<p class="fresh">
				<span class="fresh-part">
					<span class={["dot", reporting > 0 ? "dot-ok" : "dot-none"]} />
					<span safe>
						{machines.length === 0
							? `As of ${asOf} · nothing found yet`
							: `As of ${asOf} · ${counted(reporting, "machine")} reporting`}
					</span>
				</span>
				<Silent machines={silent} now={shell.now} href={href} />
			</p>
		</header>
	);
}

function Silent({ machines, now, href }: { machines: readonly Machine[]; now: number; href: string }) {
	const [first, ...others] = machines;
	if (!first) return null;
	const days = silentDays(first, now) ?? 0;
	return (
		<span class="fresh-part">
			<span class="dot dot-warn" />
			<a href={escapeAttribute(href)} safe>
				{others.length === 0
					? `${first.alias ?? first.label} silent for ${days} days`
					: `${machines.length} machines silent`}
			</a>
		</span>
	);
}
