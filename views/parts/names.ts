import type { KnownNames } from "../../src/reports/first-use.ts";
import type { Filtered } from "../../src/usage/view-query.ts";

/** What people read for each name that usage has. */
export type Labels = Record<Filtered, (name: string) => string>;

export function labelsOf(known: KnownNames): Labels {
	const projects = labelPaths(known.projects);
	const machines = new Map(known.machines.map(({ uuid, label }) => [uuid, label]));
	return {
		project: (name) => projects.get(name) ?? lastOf(name),
		model: (name) => name,
		machine: (name) => machines.get(name) ?? name,
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
