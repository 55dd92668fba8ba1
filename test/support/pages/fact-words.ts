import type { Counting } from "./naive-rows.ts";
import type { Panel, Row } from "./page-visit.ts";
import { classed, idOf, type Node, tagged, within } from "./tree.ts";
import { isAmount, isShort, money, type Want, writtenIn } from "./written.ts";

/** A page that is looked at beside what was counted. */
export type Looked = Omit<Counting, "panel"> & { path: string; tree: Node; panels: readonly Panel[] };

/** `$38`, `$12.4 k`, `$3.20` */
export function isNear(text: string, dollars: number): boolean {
	if (isAmount(text, dollars)) return true;
	return text.startsWith("$") && isShort(text.slice(1), dollars);
}

/** What is said of the block that runs. */
export function blockFacts({ tree, panels }: Looked, id: string, key: string): string[] {
	const row = panels.find((panel) => panel.key === key)?.rows[0];
	if (!row) return [];
	const facts = factsIn(byId(tree, id));
	return Object.entries(facts).flatMap(([name, node]) => {
		const [first = "", second] = node.text.split(", ");
		const isRight = {
			"Cost so far": () => costOf(row)({ text: node.text, title: undefined }) === undefined,
			"Burn rate": () => isAmount(first.replace(" an hour", ""), Number(row.costPerHour)),
			Tokens: () =>
				isShort(first, Number(row.totalTokens)) &&
				(row.tokensPerMinute === undefined ||
					isShort(second ?? "0", Math.round(Number(row.tokensPerMinute)))),
			Responses: () => node.text === whole(Number(row.responses)),
		}[name.startsWith("At this rate") ? "" : name];
		if (name.startsWith("At this rate")) {
			const isSame =
				isNear(first, Number(row.projectedCost)) &&
				(second === undefined || isShort(second, Number(row.projectedTokens)));
			return isSame
				? []
				: [`${id}, ${name}: "${node.text}" in place of ${row.projectedCost}, ${row.projectedTokens}`];
		}
		if (!isRight) return [`${id} has a fact ${name} that nothing is known of`];
		return isRight() ? [] : [`${id}, ${name}: "${node.text}" in place of ${JSON.stringify(row)}`];
	});
}

export function costOf(row: Row): Want {
	return money(Number(row.totalCost), Number(row.unpricedResponses));
}

/** `65 sessions, ≥ $117.76`, or nothing more where there are none. */
export function headed(what: string, node: Node | undefined, start: string, want: Want): string[] {
	const [first = "", ...rest] = (node?.text ?? "").replace(/; .*$/, "").split(/, (?=[≥$<–])/);
	if (!first.startsWith(start)) return [`${what}: "${node?.text}" in place of ${start}`];
	if (rest.length === 0) return [];
	const wrong = want({ text: rest.join(", "), title: undefined });
	return wrong === undefined ? [] : [`${what}: ${wrong}`];
}

export function factsIn(node: Node, name = "fact"): Record<string, Node> {
	return Object.fromEntries(
		classed(node, name).flatMap((fact) => {
			const [value] = tagged(fact, "dd");
			return value ? [[tagged(fact, "dt")[0]?.text ?? "", value]] : [];
		}),
	);
}

export function sectionOf({ numbers }: Panel): Node {
	let node = numbers;
	while (node.parent && node.tag !== "section") node = node.parent;
	return node;
}

export function complaint(what: string, node: Node | undefined, want: Want): string[] {
	if (!node) return [`${what} is not there`];
	const wrong = want(writtenIn(node));
	return wrong === undefined ? [] : [`${what}: ${wrong}`];
}

export function beginsWith(what: string, node: Node | undefined, wanted: string): string[] {
	return node?.text.startsWith(wanted) ? [] : [`${what}: "${node?.text}" in place of ${wanted}`];
}

export function byId(tree: Node, id: string): Node {
	return within(tree).find((node) => idOf(node) === id) ?? tree;
}

export function whole(number: number): string {
	return number.toLocaleString("en-US");
}
