/** A metric's kind and help, and the labels of each of its rows. */
export type Family = { kind: string; help: string; rows: Record<string, string>[] };

/** Reads what Prometheus reads of a server. */
export function readFamilies(text: string): Map<string, Family> {
	const families = new Map<string, Family>();
	const familyOf = (name: string): Family => {
		const family = families.get(name) ?? { kind: "", help: "", rows: [] };
		families.set(name, family);
		return family;
	};
	for (const line of text.trimEnd().split("\n")) {
		const [, what, about = "", said = ""] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
		if (what === "HELP") familyOf(about).help = said;
		else if (what === "TYPE") familyOf(about).kind = said;
		else {
			const [, name = "", labels = ""] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
			familyOf(name).rows.push(readLabels(labels));
		}
	}
	return families;
}

function readLabels(text: string): Record<string, string> {
	return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** What a query asks for: a metric, and its labels as they are to be. */
export type Selector = { metric: string; labels: { name: string; operator: string; value: string }[] };

/** Every metric of this product in a query, with what it says of labels. */
export function selectorsOf(query: string): Selector[] {
	return [...query.matchAll(/\b(promptpulse_\w+)(?:\{([^}]*)\})?/g)].map(([, metric = "", labels = ""]) => ({
		metric,
		labels: [...labels.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
			([, name = "", operator = "", value = ""]) => ({ name, operator, value }),
		),
	}));
}

/** The labels by which a query groups or joins, and those that a legend or a sentence names. */
export function labelsNamed(text: string): string[] {
	const groups = [...text.matchAll(/\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)/g)].flatMap(
		([, names = ""]) => names.split(",").map((name) => name.trim()),
	);
	const legends = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, name = ""]) => name);
	return [...groups, ...legends].filter((name) => name !== "");
}
