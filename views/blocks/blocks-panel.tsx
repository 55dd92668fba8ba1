import type { PropsWithChildren } from "@kitajs/html";
import type { ReportedBlockRow } from "../../src/reports/reported.ts";
import type { BlockPlace, BlocksView } from "../../src/usage/blocks-query.ts";
import { type Exact, sumModels, totalTokens } from "../../src/usage/usage.ts";
import type { BlocksData, HistoryRow, OwnBlock } from "../blocks.tsx";
import { ModelMix } from "../parts/model-mix.tsx";
import type { Labels } from "../parts/names.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { ResponsesCell } from "../parts/responses-cell.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { costOf, counted, duration, isPartlyPriced, money, percent, short, whole } from "../parts/words.ts";
import { dayWords, timesWords } from "./block-words.ts";

type Place = { labels: Labels; colours: ReadonlyMap<string, number>; zone: string; today: number };

type Props = Place & {
	rows: readonly HistoryRow[];
	next: BlockPlace | undefined;
	counts: BlocksData["counts"];
	view: BlocksView;
};

/** The blocks of the period, the latest first. */
export function BlocksPanel({ rows, next, counts, view, ...place }: Props) {
	return (
		<section class="card blocks-list" id="history" aria-labelledby="history-title">
			<div class="card-head">
				<h2 id="history-title">Blocks, the latest first</h2>
			</div>
			{rows.length === 0 ? <p class="card-empty">There are no earlier blocks in these days.</p> : null}
			{rows.length === 0 ? null : (
				<table class="table blocks-table">
					<thead>
						<tr>
							<th scope="col">Block</th>
							<th scope="col">In use</th>
							<th scope="col">Gap before</th>
							<th scope="col">Machines</th>
							<th scope="col">Models</th>
							<NumberHeads names={["Responses", "Tokens", "Cost"]} />
						</tr>
					</thead>
					<tbody>
						{rows.map((row) =>
							row.kind === "own" ? (
								<OwnRow block={row.block} {...place} />
							) : (
								<ReportedRow block={row.block} {...place} />
							),
						)}
					</tbody>
				</table>
			)}
			<div class="blocks-foot">
				<p safe>{`${whole(rows.length)} shown of ${countWords(counts)}`}</p>
				<nav class="blocks-pages" aria-label="Pages of blocks">
					{view.query.after ? (
						<a href={escapeAttribute(view.href({ after: undefined }))}>The latest</a>
					) : null}
					{next ? <a href={escapeAttribute(view.href({ after: next }))}>Earlier blocks</a> : null}
				</nav>
			</div>
			<Numbers id="history" of="Blocks" view={view} />
		</section>
	);
}

function OwnRow({ block, labels, colours, zone, today }: Place & { block: OwnBlock }) {
	const models = sumModels(block.shares.flatMap((share) => share.models));
	return (
		<tr>
			<Start start={block.start} end={block.end} zone={zone} today={today}>
				{block.isActive ? <span class="tag tag-active">Active</span> : null}
			</Start>
			<td class="blocks-length" safe>
				{duration(block.lastAt - block.firstAt)}
			</td>
			<td class={block.gapMs === undefined ? "blocks-gap blocks-none" : "blocks-gap"} safe>
				{block.gapMs === undefined ? "–" : gapWords(block.gapMs)}
			</td>
			<Names names={sharesOf(block, labels)} kind="machines" />
			<td class="blocks-models">
				<ModelMix models={models} total={block} colours={colours} />
			</td>
			<ResponsesCell count={block.responses} of="blocks-responses" />
			<Tokens count={totalTokens(block)} />
			<td
				class={["table-number table-main blocks-cost", isPartlyPriced(block) && "warn-text"]}
				title={
					isPartlyPriced(block) ? `${counted(block.unpriced, "response")} of it without a price` : undefined
				}
				safe
			>
				{costOf(block)}
			</td>
		</tr>
	);
}

/** A client told this total instead of responses, and of its models only the names. */
function ReportedRow({ block, zone, today }: Place & { block: ReportedBlockRow }) {
	return (
		<tr>
			<Start start={block.start} end={block.end} zone={zone} today={today}>
				<span class="tag tag-reported">Reported total</span>
			</Start>
			<td class="blocks-length" safe>
				{block.lastAt === null ? "–" : duration(block.lastAt - block.start)}
			</td>
			<td class="blocks-gap blocks-none">–</td>
			<Names names={[block.label]} kind="machines" />
			<Names names={block.models} kind="models" />
			<ResponsesCell count={block.entries} of="blocks-responses" />
			<Tokens count={block.total} />
			<td class="table-number table-main blocks-cost" safe>
				{money(block.costNanoUsd)}
			</td>
		</tr>
	);
}

function Start({
	start,
	end,
	zone,
	today,
	children,
}: PropsWithChildren<{ start: number; end: number; zone: string; today: number }>) {
	return (
		<th scope="row" class="blocks-start">
			<span safe>{dayWords(start, zone, today)}</span>{" "}
			<span class="blocks-times" safe>
				{timesWords({ start, end }, zone)}
			</span>
			{children}
		</th>
	);
}

function Tokens({ count }: { count: Exact }) {
	return (
		<td class="table-number blocks-tokens" title={whole(count)} safe>
			{short(count)}
		</td>
	);
}

const MOST_NAMES = 3;

/** The first names of a list, and how many there are beside. Its whole stands in the title. */
function Names({ names, kind }: { names: readonly string[]; kind: "machines" | "models" }) {
	const shown = names.slice(0, MOST_NAMES);
	const more = names.length - shown.length;
	return (
		<td class={`blocks-names blocks-${kind}`} title={escapeAttribute(names.join(", "))}>
			{names.length === 0 ? "–" : null}
			{shown.map((name, i) => (
				<span class="blocks-name" safe>
					{i < shown.length - 1 ? `${name},` : name}
				</span>
			))}
			{more > 0 ? <span safe>{`and ${whole(more)} more`}</span> : null}
		</td>
	);
}

/** `maya-mbp 62.1 %`, the largest first: of the cost, or where nothing has any of the tokens. */
function sharesOf({ shares, costNanoUsd, ...usage }: OwnBlock, labels: Labels): string[] {
	const all = Number(costNanoUsd) || Number(totalTokens({ ...usage, costNanoUsd }));
	const part = (share: OwnBlock["shares"][number]) =>
		Number(costNanoUsd === 0 ? totalTokens(share) : share.costNanoUsd);
	return shares
		.toSorted((a, b) => part(b) - part(a) || (a.machine < b.machine ? -1 : 1))
		.map((share) => {
			const label = labels.machine(share.machine);
			return shares.length === 1 || all === 0 ? label : `${label} ${percent(part(share) / all)}`;
		});
}

/** `14 h 5 m`, of more than two days `3 days` */
function gapWords(ms: number): string {
	const days = Math.floor(ms / 86_400_000);
	return days >= 2 ? counted(days, "day") : duration(ms);
}

function countWords({ own, reported }: BlocksData["counts"]): string {
	const blocks = counted(own, "block");
	return reported === 0 ? blocks : `${blocks} and ${counted(reported, "reported total")}`;
}
