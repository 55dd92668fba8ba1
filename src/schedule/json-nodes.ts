/** Where a value stands in a JSON text: from `start` up to `end`. */
export type JsonNode = { start: number; end: number } & (
	| { kind: "object"; members: JsonMember[] }
	| { kind: "array"; items: JsonNode[] }
	| { kind: "plain" }
);

/** `start`: where its key begins. */
export type JsonMember = { key: string; start: number; value: JsonNode };

/** Finds where everything stands in a text that `JSON.parse` takes. */
export function parseNodes(text: string): JsonNode {
	let at = 0;
	const skipBlanks = () => {
		while (/[\s,:]/.test(text[at] ?? "")) at++;
	};
	const plainEnd = () => {
		if (text[at] !== '"') return at + (/^[^\s,:\]}]+/.exec(text.slice(at))?.[0].length ?? 0);
		let end = at + 1;
		while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
		return end + 1;
	};
	const read = (): JsonNode => {
		skipBlanks();
		const start = at;
		if (text[at] === "[") {
			const items: JsonNode[] = [];
			for (at++, skipBlanks(); text[at] !== "]"; skipBlanks()) items.push(read());
			at++;
			return { kind: "array", start, end: at, items };
		}
		if (text[at] === "{") {
			const members: JsonMember[] = [];
			for (at++, skipBlanks(); text[at] !== "}"; skipBlanks()) {
				const from = at;
				const end = plainEnd();
				const key: string = JSON.parse(text.slice(from, end));
				at = end;
				members.push({ key, start: from, value: read() });
			}
			at++;
			return { kind: "object", start, end: at, members };
		}
		at = plainEnd();
		return { kind: "plain", start, end: at };
	};
	return read();
}

/** The value of a key, as `JSON.parse` takes it: the last one of that name. */
export function memberOf(node: JsonNode | undefined, key: string): JsonMember | undefined {
	return node?.kind === "object" ? node.members.findLast((member) => member.key === key) : undefined;
}

/** A text with something else in the place of a part. */
export function splice(
	text: string,
	{ start, end }: { start: number; end: number },
	instead: string,
): string {
	return text.slice(0, start) + instead + text.slice(end);
}

/** How a text is laid out. */
type Layout = { newline: string; unit: string };

/**
 * Adds a value to an array, or a member to an object, after what is in there, in the text's own layout.
 *
 * @param key undefined for an array
 */
export function addTo(text: string, node: JsonNode, key: string | undefined, value: unknown): string {
	const inside = insideOf(node);
	const layout = layoutOf(text);
	const [first] = inside;
	const last = inside.at(-1);
	const before = text.slice(node.start + 1, first?.start ?? node.start + 1);
	const isOneLine = first ? !before.includes("\n") : !text.trim().includes("\n") && text.trim() !== "{}";
	const name =
		key === undefined ? "" : `${JSON.stringify(key)}:${isOneLine && !/":\s/.test(text) ? "" : " "}`;
	if (isOneLine) {
		const member = name + JSON.stringify(value);
		return last
			? splice(text, { start: last.end, end: last.end }, `, ${member}`)
			: splice(text, { start: node.start + 1, end: node.end - 1 }, member);
	}
	const outer = indentOf(text, node.start);
	const indent = first ? before.slice(before.lastIndexOf("\n") + 1) : outer + layout.unit;
	const lines = JSON.stringify(value, null, layout.unit).replaceAll("\n", `${layout.newline}${indent}`);
	const added = `${layout.newline}${indent}${name}${lines}`;
	if (last) return splice(text, { start: last.end, end: last.end }, `,${added}`);
	return splice(text, { start: node.start + 1, end: node.end - 1 }, `${added}${layout.newline}${outer}`);
}

/** Takes the part with this number out of an array or an object, with the comma that belongs to it. */
export function cutFrom(text: string, node: JsonNode, index: number): string {
	const inside = insideOf(node);
	const [before, own, after] = [inside[index - 1], inside[index], inside[index + 1]];
	if (!own) return text;
	if (before) return splice(text, { start: before.end, end: own.end }, "");
	if (after) return splice(text, { start: own.start, end: after.start }, "");
	return splice(text, { start: node.start + 1, end: node.end - 1 }, "");
}

function insideOf(node: JsonNode): { start: number; end: number }[] {
	if (node.kind === "array") return node.items;
	return node.kind === "object" ? node.members.map(({ start, value }) => ({ start, end: value.end })) : [];
}

function layoutOf(text: string): Layout {
	const newline = text.includes("\r\n") ? "\r\n" : "\n";
	return { newline, unit: /^\s*[[{]\r?\n([ \t]+)/.exec(text)?.[1] ?? "  " };
}

/** What the line begins with in which this place is. */
function indentOf(text: string, at: number): string {
	return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1))?.[0] ?? "";
}
