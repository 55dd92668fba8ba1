import { decode } from "../markup.ts";

/** An element with what stands in it. `text` is all text in it, deeper text included, its spaces made plain and single. */
export type Node = {
	tag: string;
	attributes: ReadonlyMap<string, string>;
	children: Node[];
	parent: Node | undefined;
	text: string;
};

/** A page as a tree, as a browser's tokenizer sees it. */
export async function treeOf(page: string): Promise<Node> {
	const root = nodeOf("root", new Map(), undefined);
	let open = root;
	const rewriter = new HTMLRewriter().on("*", {
		element(found) {
			const attributes = new Map<string, string>();
			for (const [name, value] of found.attributes) {
				if (name !== undefined) attributes.set(name, decode(value ?? ""));
			}
			const node = nodeOf(found.tagName, attributes, open);
			open.children.push(node);
			if (found.selfClosing || !found.canHaveContent) return;
			open = node;
			found.onEndTag(() => {
				open = node.parent ?? root;
			});
		},
		text(chunk) {
			for (let node: Node | undefined = open; node; node = node.parent) node.text += chunk.text;
		},
	});
	await rewriter.transform(new Response(page)).text();
	for (const node of [root, ...within(root)]) node.text = decode(node.text).replace(/\s+/g, " ").trim();
	return root;
}

/** Everything in a node, in the order of the page. */
export function within(node: Node): Node[] {
	return node.children.flatMap((child) => [child, ...within(child)]);
}

/** What of it has this tag. */
export function tagged(node: Node, tag: string): Node[] {
	return within(node).filter((child) => child.tag === tag);
}

export function hasClass(node: Node, name: string): boolean {
	return node.attributes.get("class")?.split(" ").includes(name) ?? false;
}

export function classed(node: Node, name: string): Node[] {
	return within(node).filter((child) => hasClass(child, name));
}

export function idOf(node: Node): string | undefined {
	return node.attributes.get("id");
}

function nodeOf(tag: string, attributes: ReadonlyMap<string, string>, parent: Node | undefined): Node {
	return { tag, attributes, children: [], parent, text: "" };
}
