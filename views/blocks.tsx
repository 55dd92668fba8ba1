import type { BlockShareRow } from "../src/reports/block-shares.ts";
import type { BlockRow } from "../src/reports/blocks.ts";
import type { ReportedBlockRow } from "../src/reports/reported.ts";
import type { BlockPlace, BlocksQuery } from "../src/usage/blocks-query.ts";
import type { CourseStep } from "../src/usage/course.ts";
import type { Usage } from "../src/usage/usage.ts";
import { isFiltered } from "../src/usage/view-query.ts";
import { ActivePanel } from "./blocks/active-panel.tsx";
import { BlocksPanel } from "./blocks/blocks-panel.tsx";
import { HistoryPanel } from "./blocks/history-panel.tsx";
import { NoBlocks } from "./blocks/no-blocks.tsx";
import { coloursOf } from "./overview/chart-data.ts";
import { periodWords } from "./parts/days.ts";
import { labelsOf } from "./parts/names.ts";
import { costOf, counted } from "./parts/words.ts";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** A block, the silence before it in ms where it is one, and what each machine used in it. */
export type OwnBlock = BlockRow & { gapMs: number | undefined; shares: BlockShareRow[] };

/** A block that is cut from responses, or a total that came instead of them. */
export type HistoryBlock = { kind: "own"; block: OwnBlock } | { kind: "reported"; block: ReportedBlockRow };

export type HistoryRow = HistoryBlock;

/** What the page of blocks shows. */
export type BlocksData = {
	/** The block that runs, if one does: whatever the filters and the days. */
	active: { block: BlockRow; course: CourseStep[] } | undefined;
	/** A page of the list, the latest first, and where the next one begins. */
	rows: HistoryRow[];
	next: BlockPlace | undefined;
	/** The last blocks of the period, the oldest first. */
	bars: OwnBlock[];
	/** How many there are in the period. */
	counts: { own: number; reported: number };
	/** What all blocks of the period come to, without reported totals. */
	usage: Usage;
};

export type BlocksProps = PageProps<BlocksQuery, BlocksData>;

/** The 5-hour window that runs, and those before. */
export function BlocksPage(props: BlocksProps) {
	const { shell, view, known, today, data } = props;
	const { active, rows, next, bars, counts, usage } = data;
	const { zone, now } = shell;
	const labels = labelsOf(known);
	const models = rows.flatMap(({ block }) => block.models);
	const words = periodWords(view.query.period);
	return (
		<UsagePage
			props={props}
			current="blocks"
			title={`${shell.title}: ${words}`}
			summary={`${counted(counts.own, "block")}, ${costOf(usage)}, ${words}.`}
		>
			<ActivePanel active={active} view={view} zone={zone} now={now} />
			{counts.own + counts.reported === 0 ? (
				<NoBlocks view={view} />
			) : (
				<>
					<HistoryPanel bars={bars} count={counts.own} usage={usage} view={view} zone={zone} today={today} />
					<BlocksPanel
						rows={rows}
						next={next}
						counts={counts}
						view={view}
						labels={labels}
						colours={coloursOf(known.models, [...new Set(models)])}
						zone={zone}
						today={today}
					/>
				</>
			)}
			<p class="blocks-about" safe>
				{aboutWords(isFiltered(view.query))}
			</p>
		</UsagePage>
	);
}

/** What a block is, and what days and filters choose. */
function aboutWords(filtered: boolean): string {
	const what =
		"Blocks are 5-hour windows over all your machines, as Claude's limits count them. Days choose blocks by their start.";
	return filtered
		? `${what} Filters choose what is counted in a block, not where it begins; the active block counts everything.`
		: what;
}
