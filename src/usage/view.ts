import { dayText } from "./day.ts";
import { type ViewChange, type ViewQuery, viewParameters } from "./view-query.ts";

/** A kind of page: where it is, and how what only it has is written in its URL. */
export type ViewKind<Query extends ViewQuery> = {
	/** What it is called in addresses of its numbers: `sessions`. */
	name: string;
	path: string;
	/** What is as usual is left out. */
	ownParameters(query: Query): [name: string, value: string][];
	/** What a change of anything else sets back: the place in a list. */
	setsBack?: Partial<Query>;
};

/** What parts of a page need to know of its address, whichever page it is. */
export type AnyView = {
	query: ViewQuery;
	path: string;
	href(change?: ViewChange): string;
	parameters(change?: ViewChange): [name: string, value: string][];
	/** Another page with the same days and filters. */
	on(path: string): string;
	/** Where the numbers of a panel are, as JSON. */
	numbers(panel: string): string;
};

/** A page's address, and those of views beside it: each differs by a change of the query. */
export class View<Query extends ViewQuery> implements AnyView {
	constructor(
		readonly kind: ViewKind<Query>,
		readonly query: Query,
	) {}

	get path(): string {
		return this.kind.path;
	}

	href(change: ViewChange<Query> = {}): string {
		return addressOf(this.path, this.parameters(change));
	}

	parameters(change: ViewChange<Query> = {}): [name: string, value: string][] {
		const isChanged = Object.keys(change).length > 0;
		const next = { ...this.query, ...(isChanged ? this.kind.setsBack : {}), ...change };
		return [...viewParameters(next), ...this.kind.ownParameters(next)];
	}

	numbers(panel: string): string {
		return addressOf(`/api/views/${this.kind.name}/${panel}`, this.parameters());
	}

	/** The same view of single days, as short as it can be said: a year of them stands on a page. */
	dayHrefs(): (day: number) => string {
		const rest = addressOf("", this.parameters({ range: "30d" } as ViewChange<Query>)).slice(1);
		return (day) => `${this.path}?from=${dayText(day)}${rest === "" ? "" : `&${rest}`}`;
	}

	/** Another page with the same days and filters. */
	on(path: string, change: ViewChange = {}): string {
		return addressOf(path, viewParameters({ ...this.query, ...change }));
	}
}

function addressOf(path: string, parameters: [string, string][]): string {
	return parameters.length === 0 ? path : `${path}?${new URLSearchParams(parameters)}`;
}
