import type { KnownNames } from "../../src/reports/first-use.ts";
import type { NameFilter } from "../../src/usage/filter.ts";
import type { AnyView } from "../../src/usage/view.ts";
import { FILTERED, type Filtered, type ViewChange } from "../../src/usage/view-query.ts";
import { Icon } from "./icon.tsx";
import { FILTER_KEY } from "./keys.ts";
import type { Labels } from "./names.ts";
import { QueryFields } from "./query-fields.tsx";
import { escapeAttribute } from "./safe-url.ts";

/** The filters in force, each with a link that takes it away. */
export function Chips({ view, labels }: { view: AnyView; labels: Labels }) {
	const { query } = view;
	return (
		<>
			{FILTERED.flatMap((field) => [
				...query[field].only.map((name) => (
					<Chip view={view} field={field} name={name} label={labels[field](name)} />
				)),
				...query[field].not.map((name) => (
					<Chip view={view} field={field} name={name} label={labels[field](name)} not={true} />
				)),
			])}
		</>
	);
}

function Chip({
	view,
	field,
	name,
	label,
	not = false,
}: {
	view: AnyView;
	field: Filtered;
	name: string;
	label: string;
	not?: boolean;
}) {
	const without = withoutName(view.query[field], name, not);
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
				href={escapeAttribute(view.href(changed(field, without)))}
				aria-label={escapeAttribute(`Remove the filter: ${key} ${label}`)}
			>
				<Icon name="close" />
			</a>
		</span>
	);
}

/** Adds a filter. What is not chosen is not sent, so that no parameter is empty. */
export function FilterMenu({ view, known, labels }: { view: AnyView; known: KnownNames; labels: Labels }) {
	const names: Record<Filtered, readonly string[]> = {
		project: known.projects,
		model: known.models,
		machine: known.machines.map(({ uuid }) => uuid),
	};
	return (
		<details class="menu filter-menu" name="menu">
			<summary class="button button-quiet" id="filter" data-key={FILTER_KEY}>
				<Icon name="plus" />
				Filter
			</summary>
			<form class="menu-sheet filter-form" method="get" action={view.path}>
				<QueryFields view={view} but={[]} />
				{FILTERED.map((field) => (
					<label class="field">
						<span class="field-name" safe>{`${field.charAt(0).toUpperCase()}${field.slice(1)}`}</span>
						<select name={field}>
							<option value="" disabled selected>
								Any
							</option>
							<optgroup label="is">
								{names[field].map((name) => (
									<option value={escapeAttribute(parameterOf(view, field, [name], []))} safe>
										{labels[field](name)}
									</option>
								))}
							</optgroup>
							<optgroup label="is not">
								{names[field].map((name) => (
									<option value={escapeAttribute(parameterOf(view, field, [], [name]))} safe>
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
export function changed(field: Filtered, filter: NameFilter): ViewChange {
	return { [field]: filter };
}

/** How a filter of one name is written in a URL. */
function parameterOf(
	view: AnyView,
	field: Filtered,
	only: readonly string[],
	not: readonly string[],
): string {
	const found = view.parameters(changed(field, { only, not })).find(([name]) => name === field);
	return found?.[1] ?? "";
}

function withoutName({ only, not }: NameFilter, name: string, isNot: boolean): NameFilter {
	const others = (names: readonly string[]) => names.filter((other) => other !== name);
	return isNot ? { only, not: others(not) } : { only: others(only), not };
}
