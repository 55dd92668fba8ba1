import type { BlocksView } from "../../src/usage/blocks-query.ts";
import type { CourseStep } from "../../src/usage/course.ts";
import type { BlocksData } from "../blocks.tsx";
import { clockTime } from "../parts/days.ts";
import { JsonIsland } from "../parts/json-island.tsx";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { money, whole } from "../parts/words.ts";

type Active = NonNullable<BlocksData["active"]>;

/** What the running block has cost at each time, and what it comes to if it goes on like this. */
export function CourseChart({
	active,
	view,
	zone,
	now,
}: {
	active: Active;
	view: BlocksView;
	zone: string;
	now: number;
}) {
	const { block, course } = active;
	const projected = block.projection;
	const summary =
		`Running cost of the block: ${money(block.costNanoUsd)} at ${clockTime(now, zone)}` +
		(projected
			? `, ${money(Math.round(projected.totalCostUsd * 1e9))} at this rate by ${clockTime(block.end, zone)}.`
			: ".");
	return (
		<div class="active-block-course">
			<div class="chart-head">
				<ul class="legend" aria-label="Legend">
					<li class="legend-item">
						<LegendLine />
						Cost
					</li>
					{projected ? (
						<li class="legend-item">
							<LegendLine dashed={true} />
							Projection
						</li>
					) : null}
				</ul>
			</div>
			<div class="chart">
				<canvas data-chart="course" role="img" aria-label={escapeAttribute(summary)} />
				<noscript>
					<PlainCourse course={course} zone={zone} />
				</noscript>
			</div>
			<JsonIsland id="course-data" data={islandOf(active, zone)} />
			<Numbers id="course" of="Running cost of the block" view={view}>
				<CourseTable course={course} zone={zone} />
			</Numbers>
		</div>
	);
}

function LegendLine({ dashed = false }: { dashed?: boolean }) {
	return (
		<svg
			class={dashed ? "legend-line legend-line-dashed" : "legend-line"}
			width="18"
			height="4"
			viewBox="0 0 18 4"
			aria-hidden="true"
			focusable="false"
		>
			<path d="M0 2h18" />
		</svg>
	);
}

/** The same without scripts. */
function PlainCourse({ course, zone }: { course: readonly CourseStep[]; zone: string }) {
	const most = Math.max(
		...course.map(({ running, projected }) => Math.max(Number(running ?? 0), projected ?? 0)),
	);
	if (most === 0) return <p class="plain-chart-most">Nothing to draw.</p>;
	const y = (value: number) => (100 - (value / most) * 100).toFixed(2);
	const steps = course.flatMap(({ running }, i) =>
		running === undefined ? [] : [`V${y(Number(running))}H${i + 1}`],
	);
	const line = course.flatMap(({ projected }, i) =>
		projected === undefined ? [] : [`${i + 1} ${y(projected)}`],
	);
	return (
		<div class="plain-chart">
			<p class="plain-chart-most" safe>{`Highest: ${money(Math.round(most))}`}</p>
			<svg
				class="plain-course"
				width="100%"
				height="200"
				viewBox={`0 0 ${course.length} 100`}
				preserveAspectRatio="none"
				aria-hidden="true"
				focusable="false"
			>
				<path d={`M0 100${steps.join("")}`} />
				{line.length > 1 ? <path class="plain-course-projected" d={`M${line.join("L")}`} /> : null}
			</svg>
			<p class="plain-chart-ticks" aria-hidden="true">
				<span safe>{clockTime(course[0]?.start ?? 0, zone)}</span>
				<span safe>{clockTime(course.at(-1)?.end ?? 0, zone)}</span>
			</p>
		</div>
	);
}

function CourseTable({ course, zone }: { course: readonly CourseStep[]; zone: string }) {
	return (
		<table class="table">
			<thead>
				<tr>
					<th scope="col">When</th>
					<NumberHeads names={["Responses", "Cost", "Cost so far", "Projection"]} />
				</tr>
			</thead>
			<tbody>
				{course.map(({ start, end, usage, running, projected }) => (
					<tr>
						<th scope="row" safe>{`${clockTime(start, zone)} – ${clockTime(end, zone)}`}</th>
						<td class="table-number" safe>
							{usage.responses === 0 ? "–" : whole(usage.responses)}
						</td>
						<td class="table-number" safe>
							{usage.responses === 0 ? "–" : money(usage.costNanoUsd)}
						</td>
						<td class="table-number table-main" safe>
							{running === undefined ? "–" : money(running)}
						</td>
						<td class="table-number table-quiet" safe>
							{projected === undefined ? "–" : money(Math.round(projected))}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** A word stands at each full hour of the block, and at its end. */
const TICK_EVERY = 12;

/** What `public/charts.ts` draws. */
function islandOf({ block, course }: Active, zone: string) {
	const inDollars = (nanoUsd: number) => Math.round(nanoUsd / 1e5) / 1e4;
	const tickOf = ({ start, end }: CourseStep, i: number) => {
		if (i === course.length - 1) return clockTime(end, zone);
		return i % TICK_EVERY === 0 ? clockTime(start, zone) : "";
	};
	return {
		shape: "steps",
		unit: "usd",
		slots: course.map((step, i) => [
			tickOf(step, i),
			`${clockTime(step.start, zone)} – ${clockTime(step.end, zone)}`,
			"",
		]),
		series: [],
		name: "Cost so far",
		totals: course.map(({ running }) => (running === undefined ? null : inDollars(Number(running)))),
		before: [],
		beforeName: "",
		partial: course.findLastIndex(({ running }) => running !== undefined),
		...(block.projection
			? {
					projection: course.map(({ projected }) => (projected === undefined ? null : inDollars(projected))),
				}
			: {}),
	};
}
