import { bodyOf, headsOf } from "./compare-tables.ts";
import type { Looked } from "./fact-words.ts";
import { blocksOf } from "./naive-blocks.ts";
import { ANY, type NaivePart, passing, sumsBy } from "./naive-parts.ts";
import { type Row, tableOf } from "./page-visit.ts";
import { share } from "./written.ts";

/** Tables that say of each row which models it was, and what a row is of: by its title, or by its numbers. */
const MIXED: Readonly<Record<string, (looked: Looked, name: string, row: Row | undefined) => NaivePart[]>> = {
	"sessions/sessions": ({ parts, query }, name) =>
		passing(parts, query, ANY).filter(({ session }) => session === name),
	"projects/projects": ({ parts, query }, name) =>
		passing(parts, query).filter(({ project }) => project === name),
	"blocks/history": ({ parts, query }, _name, row) => {
		const start = Date.parse(String(row?.startTime));
		const block = blocksOf(parts).find((cut) => cut.start === start);
		return passing(block?.parts ?? [], query, ANY);
	},
};

/** Says where the models of a row are not those of which it was made, by cost, or by tokens where none has a price. */
export function mixes(looked: Looked): string[] {
	return looked.panels.flatMap((panel) => {
		const partsOf = MIXED[panel.key];
		const table = tableOf(panel);
		if (!partsOf || !table) return [];
		const place = headsOf(table).indexOf("Models");
		return bodyOf(table).flatMap((cells, i) => {
			const titled = [...(cells[0]?.children ?? []), ...(cells[0] ? [cells[0]] : [])];
			const name = nameIn(
				titled.flatMap((node) => [node, ...node.children]).map(({ attributes }) => attributes.get("title")),
			);
			const told = cells[place]?.text ?? "";
			const wanted = sharesOf(partsOf(looked, name, panel.rows[i]));
			const said = told === "" ? [] : told.split(", ");
			const isSame =
				said.length === wanted.length &&
				wanted.every(([model, part], i) => {
					const text = said[i] ?? "";
					return (
						text.startsWith(`${model} `) &&
						share(part)({ text: text.slice(model.length + 1), title: undefined }) === undefined
					);
				});
			return isSame
				? []
				: [`${panel.key}, models of row ${i + 1} ${name}: "${told}" in place of ${JSON.stringify(wanted)}`];
		});
	});
}

function nameIn(titles: readonly (string | undefined)[]): string {
	return titles.find((title) => title !== undefined) ?? "";
}

/** The dearest first. */
function sharesOf(parts: readonly NaivePart[]): [string, number][] {
	const sums = Object.entries(sumsBy(parts, ({ model }) => model));
	const isPriced = sums.some(([, { totalCost }]) => totalCost > 0);
	const amounts = sums.map(([model, sum]): [string, number] => [
		model,
		isPriced ? sum.totalCost : sum.totalTokens,
	]);
	const all = amounts.reduce((total, [, amount]) => total + amount, 0);
	const order = sums
		.toSorted(([a, x], [b, y]) => y.totalCost - x.totalCost || (a < b ? -1 : 1))
		.map(([model]) => model);
	return order.flatMap((model): [string, number][] => {
		const amount = amounts.find(([name]) => name === model)?.[1] ?? 0;
		return amount > 0 ? [[model, amount / all]] : [];
	});
}
