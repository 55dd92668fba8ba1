import { type SessionView, SHOWN, type Shown } from "../../src/usage/session-query.ts";
import { cacheWrites } from "../../src/usage/usage.ts";
import { View } from "../../src/usage/view.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import { counted, money, whole } from "../parts/words.ts";
import type { ListedResponse, SessionData } from "../session.tsx";
import type { Moments } from "./moments.ts";
import { breakName, breakWords, laneName, responseCost } from "./response-words.ts";

type Props = {
	data: SessionData;
	view: SessionView;
	seriesOf: (model: string) => number;
	moments: Moments;
};

const SHOWN_NAMES: Record<Shown, string> = { all: "All", misses: "Cache misses", agents: "Sub-agents" };

/** Every response that counts, a page at a time. */
export function ResponsesPanel(props: Props) {
	const { data, view } = props;
	const { rows, count, start } = data.list;
	const last = start + rows.length;
	// Files have the whole list, wherever the page begins.
	const everything = new View(view.kind, { ...view.query, after: undefined, response: undefined });
	return (
		<section class="card responses" id="responses" aria-labelledby="responses-title">
			<div class="card-head responses-head">
				<h2 id="responses-title">Responses</h2>
				<p class="card-sub" safe>
					{rows.length === 0 ? "none" : `${whole(start + 1)} – ${whole(last)} of ${whole(count)}`}
				</p>
				<ShownChoice {...props} />
			</div>
			{rows.length === 0 ? <NoResponses view={view} /> : <ResponseTable {...props} />}
			<Elsewhere data={data} />
			<Pages data={data} view={view} />
			<Numbers id="responses" of="Responses" view={everything} />
		</section>
	);
}

function ShownChoice({ data, view }: Props) {
	const misses = data.responses.filter(({ cacheBreak }) => cacheBreak?.kind === "miss").length;
	const counts: Record<Shown, string> = {
		all: "",
		misses: ` ${whole(misses)}`,
		agents: ` ${whole(data.agents.usage.responses)}`,
	};
	return (
		<nav class="segments segments-small" aria-label="Listed are">
			{SHOWN.map((show) => (
				<a
					class="segment"
					id={`show-${show}`}
					href={escapeAttribute(view.href({ show }))}
					aria-current={show === view.query.show ? "true" : undefined}
					safe
				>
					{`${SHOWN_NAMES[show]}${counts[show]}`}
				</a>
			))}
		</nav>
	);
}

function NoResponses({ view }: { view: SessionView }) {
	const isAll = view.query.show === "all" && view.query.after === undefined;
	return (
		<p class="card-empty">
			{isAll ? (
				"No response of this session is kept one by one."
			) : (
				<>
					{"None of these. "}
					<a class="responses-all" href={escapeAttribute(view.href({ show: "all" }))}>
						Show all responses
					</a>
				</>
			)}
		</p>
	);
}

function ResponseTable({ data, view, seriesOf, moments }: Props) {
	return (
		<table class="table responses-table">
			<thead>
				<tr>
					<th scope="col">
						<span aria-hidden="true">#</span>
						<span class="reader">Number</span>
					</th>
					<th scope="col">Time</th>
					<th scope="col">Model</th>
					<th scope="col">Agent</th>
					{["Input", "Output", "Cache write", "Cache read", "Context"].map((name) => (
						<th scope="col" class="table-number" safe>
							{name}
						</th>
					))}
					<th scope="col">Marks</th>
					<NumberHeads names={["Cost"]} />
				</tr>
			</thead>
			<tbody>
				{data.list.rows.map((row) => (
					<ResponseLine
						row={row}
						isSelected={row.key === view.query.response}
						series={seriesOf(row.model)}
						time={moments.second(row.at)}
					/>
				))}
			</tbody>
		</table>
	);
}

function ResponseLine({
	row,
	isSelected,
	series,
	time,
}: {
	row: ListedResponse;
	isSelected: boolean;
	series: number;
	time: string;
}) {
	const { usage } = row;
	return (
		<tr
			id={`response-${row.key}`}
			class={["response", isSelected && "response-selected"]}
			aria-current={isSelected ? "true" : undefined}
		>
			<th scope="row" class="response-number table-quiet" safe>
				{whole(row.number)}
			</th>
			<td class="response-time" title={new Date(row.at).toISOString()} safe>
				{time}
			</td>
			<td class="response-model" title={escapeAttribute(row.model)}>
				<span class={["swatch", `series-${series}`]} /> <span safe>{row.model}</span>
			</td>
			<td class="response-lane table-quiet" title={escapeAttribute(row.lane)} safe>
				{laneName(row)}
			</td>
			<Count name="in" count={usage.input} />
			<Count name="out" count={usage.output} />
			<Count name="written" count={cacheWrites(usage)} />
			<Count name="read" count={usage.cacheRead} />
			<Count name="context" count={row.context} />
			<td class="response-marks">
				{row.cacheBreak ? (
					<span
						class={["tag", row.cacheBreak.kind === "miss" ? "tag-miss" : "tag-warn"]}
						title={breakWords(row.cacheBreak)}
						safe
					>
						{breakName(row.cacheBreak)}
					</span>
				) : null}
				{row.isNewModel ? <span class="tag tag-plain">New model</span> : null}
			</td>
			<td class={["response-cost", "table-number", "table-main", usage.unpriced !== 0 && "warn-text"]}>
				{usage.unpriced !== 0 && usage.costNanoUsd === 0 ? (
					<span class="tag tag-warn">No price</span>
				) : (
					<span safe>{responseCost(usage)}</span>
				)}
			</td>
		</tr>
	);
}

function Count({ name, count }: { name: string; count: number | bigint }) {
	return (
		<td class={["response-count", `response-${name}`, "table-number"]}>
			<span class={count === 0 ? "responses-none" : undefined} safe>
				{whole(count)}
			</span>
		</td>
	);
}

/** What the list leaves out or has from elsewhere. */
function Elsewhere({ data: { replays, forks } }: { data: SessionData }) {
	const sentences: string[] = [];
	if (replays.responses !== 0) {
		const [repeat, were] =
			Number(replays.responses) === 1 ? ["repeats one", "It was"] : ["repeat some", "They were"];
		sentences.push(
			`Counted elsewhere: ${counted(replays.responses, "response")} of sub-agents ${repeat} of the main line. ${were} counted once, there: ${money(replays.costNanoUsd)} is not repeated here.`,
		);
	}
	if (forks.responses !== 0) {
		const [was, is] = Number(forks.responses) === 1 ? ["was", "is"] : ["were", "are"];
		sentences.push(
			`${counted(forks.responses, "response")} ${was} copied from an earlier session when this one began. That one is not known here, so ${money(forks.costNanoUsd)} ${is} counted in this one.`,
		);
	}
	if (sentences.length === 0) return null;
	return (
		<p class="responses-elsewhere" safe>
			{sentences.join(" ")}
		</p>
	);
}

function Pages({ data: { list }, view }: Pick<Props, "data" | "view">) {
	const { start, next, before } = list;
	if (start === 0 && next === undefined) return null;
	const hrefOf = (after: SessionView["query"]["after"]) =>
		escapeAttribute(view.href({ after, response: undefined }));
	return (
		<nav class="responses-pages" aria-label="Pages of responses">
			{start > 0 ? (
				<>
					<a class="button button-small" href={hrefOf(undefined)}>
						First
					</a>
					<a class="button button-small" href={hrefOf(before)}>
						Previous
					</a>
				</>
			) : null}
			{next ? (
				<a class="button button-small" href={hrefOf(next)}>
					Next
				</a>
			) : null}
		</nav>
	);
}
