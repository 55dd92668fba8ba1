/** An element of a page, with attributes as a browser would read them. */
export type Element = { tag: string; attributes: Map<string, string>; text: string };

/** A page as a browser's tokenizer sees it, elements in order. `text` is what stands directly and deeper in one. */
export async function elementsOf(page: unknown): Promise<Element[]> {
	const elements: Element[] = [];
	const open: Element[] = [];
	const rewriter = new HTMLRewriter().on("*", {
		element(found) {
			const attributes = new Map<string, string>();
			for (const [name, value] of found.attributes) {
				if (name !== undefined) attributes.set(name, decode(value ?? ""));
			}
			const element = { tag: found.tagName, attributes, text: "" };
			elements.push(element);
			if (found.selfClosing || !found.canHaveContent) return;
			open.push(element);
			found.onEndTag(() => {
				open.splice(open.lastIndexOf(element), 1);
			});
		},
		text(chunk) {
			for (const element of open) element.text += chunk.text;
		},
	});
	await rewriter.transform(new Response(String(await page))).text();
	for (const element of elements) if (element.tag !== "script") element.text = decode(element.text);
	return elements;
}

/** Tags and the names of their attributes alone: what no name of a project may change. */
export function skeletonOf(elements: readonly Element[]): string[] {
	return elements.map(({ tag, attributes }) => [tag, ...attributes.keys()].join(" "));
}

export function byId(elements: readonly Element[], id: string): Element | undefined {
	return elements.find(({ attributes }) => attributes.get("id") === id);
}

export function byClass(elements: readonly Element[], name: string): Element[] {
	return elements.filter(({ attributes }) => attributes.get("class")?.split(" ").includes(name));
}

/** Text with its spaces made plain and single. */
export function plain(text: string | undefined): string {
	return (text ?? "").replace(/\s+/g, " ").trim();
}

/** Text as it stands in markup, with its character references read. */
export function decode(text: string): string {
	const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
	return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex, number, name) => {
		if (name !== undefined) return named[String(name).toLowerCase()] ?? "";
		return String.fromCodePoint(hex === undefined ? Number(number) : Number.parseInt(hex, 16));
	});
}
