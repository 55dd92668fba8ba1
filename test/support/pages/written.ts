import { hasClass, type Node, within } from "./tree.ts";

/** What stands in a cell of a table or beside it: its text, and what is told to who points at it. */
export type Written = { text: string; title: string | undefined };

/** Says how something written differs from what it has to say; undefined where it does not. */
export type Want = (written: Written) => string | undefined;

/** What is written in a node. Marks for screens alone do not count: what readers are told stands beside them. */
export function writtenIn(node: Node): Written {
	const title = [node, ...within(node)].map(({ attributes }) => attributes.get("title")).find(Boolean);
	const hidden = within(node).filter(({ attributes }) => attributes.get("aria-hidden") === "true");
	const isDash = hidden.some(({ text }) => text === "–");
	const isTagged = within(node).some((child) => hasClass(child, "tag"));
	const text = isDash
		? "–"
		: isTagged
			? node.text.replace(/(No price|Reported total)$/, " $1").trim()
			: node.text;
	return { text, title };
}

/** Dollars to the cent, "≥" where some of it has no price, a dash or a tag where nothing has. */
export function money(dollars: number, unpriced = 0): Want {
	return ({ text }) => {
		if (unpriced > 0 && dollars === 0) return orNot(text === "–" || text === "No price", text, "no price");
		const isAtLeast = text.startsWith("≥ ");
		if (isAtLeast !== unpriced > 0) return `${text} where ${unpriced} of it have no price`;
		return orNot(isAmount(text.replace("≥ ", ""), dollars), text, `$${dollars}`);
	};
}

/** The same where nothing at all is a dash. */
export function moneyOrDash(dollars: number, unpriced = 0): Want {
	return (written) =>
		dollars === 0 && unpriced === 0 && written.text === "–" ? undefined : money(dollars, unpriced)(written);
}

/** Dollars that may be below nothing, with their sign. */
export function signed(dollars: number | null): Want {
	return ({ text }) => {
		if (dollars === null) return orNot(text === "–", text, "not known");
		const isBelow = /^[-−–]/.test(text) && text !== "–";
		if (text === "–") return orNot(dollars === 0, text, `$${dollars}`);
		const amount = text.replace(/^[-−–+]/, "");
		const isRight = isAmount(amount, Math.abs(dollars)) && (isBelow === dollars < 0 || amount === "$0.00");
		return orNot(isRight, text, `$${dollars}`);
	};
}

/** A whole number, or three digits of it with the whole number as title. */
export function count(number: number): Want {
	return ({ text, title }) => {
		if (text === "–") return orNot(number === 0, text, `${number}`);
		const [, digits = "", unit] = /^(-?[\d,.]+)(?: ([kMBT]))?(?: [a-z]+)?$/.exec(text) ?? [];
		const isSpelledOut = title !== undefined && Number(title.replace(/,| tokens$/g, "")) === number;
		if (unit === undefined && Number(digits.replace(/,/g, "")) === number && digits !== "") return undefined;
		if (!isSpelledOut) return `${text} (${title}) in place of ${number}`;
		return orNot(isShort(text, number), text, `${number}`);
	};
}

/** Three digits of a number that is no whole one, or none. */
export function rounded(number: number | null): Want {
	return ({ text }) => orNot(number === null ? text === "–" : isShort(text, number), text, `${number}`);
}

/** Three digits of a number. */
export function isShort(text: string, number: number): boolean {
	const [, digits = "", unit = ""] = /^([\d,.]+)(?: ([kMBT]))?/.exec(text) ?? [];
	const scale = { "": 1, k: 1e3, M: 1e6, B: 1e9, T: 1e12 }[unit] ?? Number.NaN;
	const value = Number(digits.replace(/,/g, "")) * scale;
	return (
		Math.abs(value - number) <=
		Math.max(number * 0.005, text.includes(".") && unit === "" ? 0.051 : 0.5) + 1e-9
	);
}

/** A share between 0 and 1 as percent; nothing or a dash where there is none. */
export function share(part: number | null | undefined): Want {
	return ({ text }) => {
		if (text === "" || text === "–" || text === "none") return orNot(!part, text, `${part}`);
		const [, digits] = /^(-?[\d,.]+) %$/.exec(text) ?? [];
		const off = Math.abs(Number(digits?.replace(/,/g, "")) - (part ?? Number.NaN) * 100);
		return orNot(off <= (text.includes(".") ? 0.0501 : 0.501), text, `${part}`);
	};
}

/** Exactly this text. */
export function words(wanted: string): Want {
	return ({ text }) => orNot(text === wanted, text, wanted);
}

/** A name that may be written shorter than it is, with the whole of it as title. */
export function named(name: string): Want {
	return ({ text, title }) => {
		const read =
			title ?? text.replace(/ (\+\d+ more|No price)$/, "").replace(/^(no folder|–|no branch)$/, "");
		return orNot(read === name, `${text} (${title})`, name);
	};
}

/** `$1,073.07`, or `<$0.01` where it is less than half of that. */
export function isAmount(text: string, dollars: number): boolean {
	if (text === "<$0.01") return dollars > 0 && dollars < 0.005;
	const [, digits, fraction] = /^\$([\d,]+(?:\.(\d+))?)$/.exec(text) ?? [];
	if (digits === undefined || fraction === undefined) return false;
	return Math.abs(Number(digits.replace(/,/g, "")) - dollars) <= 0.5 * 10 ** -fraction.length + 1e-9;
}

function orNot(isRight: boolean, text: string, wanted: string): string | undefined {
	return isRight ? undefined : `"${text}" in place of ${wanted}`;
}
