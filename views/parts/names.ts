import type { KnownNames } from "../../src/reports/first-use.ts";
import type { Filtered } from "../../src/usage/view-query.ts";

/** What people read for each name that usage has. */
export type Labels = Record<Filtered, (name: string) => string>;

export function labelsOf(known: KnownNames): Labels {
	const { aliases, aside } = known;
	const paths = labelPaths(known.projects);
	const project = (name: string) => aliases?.get(name) ?? paths.get(name) ?? lastOf(name);
	const asideProjects = new Map(aside?.projects.map((row) => [row.name, row]));
	const machines = new Map([...known.machines, ...(aside?.machines ?? [])].map((row) => [row.uuid, row]));
	const intoOf = new Map(aside?.machines.map(({ uuid, into }) => [uuid, into]));
	return {
		project(name) {
			const row = asideProjects.get(name);
			// What counts under another one is called like that one, which may itself be hidden.
			const root = row?.into == null ? row : asideProjects.get(row.into);
			return root?.alias ?? project(row?.into ?? name);
		},
		model: (name) => name,
		machine(name) {
			const machine = machines.get(intoOf.get(name) ?? name);
			return machine?.alias ?? machine?.label ?? name;
		},
	};
}

/** The ends of paths, as short as tells them apart: `app`, but `ann/app` and `bob/app`. */
export function labelPaths(paths: readonly string[]): Map<string, string> {
	const labels = new Map<string, string>();
	for (let parts = 1, open = [...new Set(paths)]; open.length > 0; parts++) {
		const groups = Map.groupBy(open, (path) => lastOf(path, parts));
		open = [];
		for (const [label, group] of groups) {
			const whole = group.filter((path) => lastOf(path, parts + 1) === label);
			if (group.length === 1 || whole.length === group.length)
				for (const path of group) labels.set(path, label);
			else open.push(...group);
		}
	}
	return labels;
}

function lastOf(path: string, parts = 1): string {
	const found = path.split(/[\\/]+/).filter((part) => part !== "");
	if (found.length === 0) return path === "" ? "no folder" : path;
	return found.slice(-parts).join("/");
}
