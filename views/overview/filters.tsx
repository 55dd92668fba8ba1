import type { KnownNames } from "../../src/reports/first-use.ts";
import type { NameFilter } from "../../src/usage/filter.ts";
import {
	FILTERED,
	type Filtered,
	type OverviewQuery,
	overviewQueryText,
	type QueryChange,
} from "../../src/usage/overview-query.ts";
import { Icon } from "../parts/icon.tsx";
import type { Labels } from "../parts/names.ts";
import { parametersOf, QueryFields } from "../parts/query-fields.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";

/** Whether a view leaves out anything. */
export function isFiltered(query: OverviewQuery): boolean {
	return FILTERED.some((field) => query[field].only.length + query[field].not.length > 0);
}

/** The filters in force, each with a link that takes it away. */
export function Chips({ query, labels }: { query: OverviewQuery; labels: Labels }) {
	return (
		<>
			{FILTERED.flatMap((field) => [
				...query[field].only.map((name) => (
					<Chip query={query} field={field} name={name} label={labels[field](name)} />
				)),
				...query[field].not.map((name) => (
					<Chip query={query} field={field} name={name} label={labels[field](name)} not={true} />
				)),
			])}
		</>
	);
}

function Chip({
	query,
	field,
	name,
	label,
	not = false,
}: {
	query: OverviewQuery;
	field: Filtered;
	name: string;
	label: string;
	not?: boolean;
}) {
	const without = withoutName(query[field], name, not);
	const key = not ? `${field} is not` : field;
	return (
		<span class={["chip", not && "chip-not"]}>
			<span class="chip-key" safe>
				{key}
			</span>
			<span class="chip-name" title={escapeAttribute(name)} safe>
				{label}
			</span>
			<a
				class="chip-remove"
				href={escapeAttribute(`/${overviewQueryText(query, changed(field, without))}`)}
				aria-label={escapeAttribute(`Remove the filter: ${key} ${label}`)}
			>
				<Icon name="close" />
			</a>
		</span>
	);
}

/** Adds a filter. What is not chosen is not sent, so that no parameter is empty. */
export function FilterMenu({
	query,
	known,
	labels,
}: {
	query: OverviewQuery;
	known: KnownNames;
	labels: Labels;
}) {
	const names: Record<Filtered, readonly string[]> = {
		project: known.projects,
		model: known.models,
		machine: known.machines.map(({ uuid }) => uuid),
	};
	return (
		<details class="menu filter-menu" name="menu">
			<summary class="button button-quiet" id="filter">
				<Icon name="plus" />
				Filter
			</summary>
			<form class="menu-sheet filter-form" method="get" action="/">
				<QueryFields query={query} but={[]} />
				{FILTERED.map((field) => (
					<label class="field">
						<span class="field-name" safe>{`${field.charAt(0).toUpperCase()}${field.slice(1)}`}</span>
						<select name={field}>
							<option value="" disabled selected>
								Any
							</option>
							<optgroup label="is">
								{names[field].map((name) => (
									<option value={escapeAttribute(parameterOf(query, field, [name], []))} safe>
										{labels[field](name)}
									</option>
								))}
							</optgroup>
							<optgroup label="is not">
								{names[field].map((name) => (
									<option value={escapeAttribute(parameterOf(query, field, [], [name]))} safe>
										{`not ${labels[field](name)}`}
									</option>
								))}
							</optgroup>
						</select>
					</label>
				))}
				<button class="button button-primary" type="submit">
					Add the filter
				</button>
			</form>
		</details>
	);
}

/** What a change to one filter is for a link. */
export function changed(field: Filtered, filter: NameFilter): QueryChange {
	return { [field]: filter };
}

/** How a filter of one name is written in a URL. */
function parameterOf(
	query: OverviewQuery,
	field: Filtered,
	only: readonly string[],
	not: readonly string[],
): string {
	const found = parametersOf(query, changed(field, { only, not })).find(([name]) => name === field);
	return found?.[1] ?? "";
}

function withoutName({ only, not }: NameFilter, name: string, isNot: boolean): NameFilter {
	const others = (names: readonly string[]) => names.filter((other) => other !== name);
	return isNot ? { only, not: others(not) } : { only: others(only), not };
}
