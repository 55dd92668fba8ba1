import { type Period, periodBeside, rangeOf } from "../../src/usage/period.ts";
import type { AnyView } from "../../src/usage/view.ts";
import { periodWords } from "./days.ts";
import { Icon } from "./icon.tsx";
import { NEXT_KEY, PREVIOUS_KEY } from "./keys.ts";
import { escapeAttribute } from "./safe-url.ts";

/** Links to the days just before and after the ones that are shown, where there are any. */
export function PeriodSteps({ view, today }: { view: AnyView; today: number }) {
	const { period, range } = view.query;
	const before = periodBeside(period, range, today, -1);
	const after = periodBeside(period, range, today, 1);
	if (!before && !after) return null;
	return (
		<span class="period-steps">
			<Step id="period-before" name="Earlier" period={before} view={view} today={today} />
			<Step id="period-after" name="Later" period={after} view={view} today={today} />
		</span>
	);
}

function Step({
	id,
	name,
	period,
	view,
	today,
}: {
	id: "period-before" | "period-after";
	name: string;
	period: Period | undefined;
	view: AnyView;
	today: number;
}) {
	const isBefore = id === "period-before";
	const icon = <Icon name={isBefore ? "previous" : "next"} />;
	if (!period) return <span class="period-step period-step-none">{icon}</span>;
	return (
		<a
			class="period-step"
			id={id}
			href={escapeAttribute(view.href({ range: rangeOf(period, today), period }))}
			aria-label={escapeAttribute(`${name}: ${periodWords(period)}`)}
			data-key={isBefore ? PREVIOUS_KEY : NEXT_KEY}
		>
			{icon}
		</a>
	);
}
