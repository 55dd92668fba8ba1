/** One element of a page, as a browser would read it. */
export type Element = { name: string; attributes: Record<string, string> };

/** The elements of a page in order, and its text without markup. */
export async function readMarkup(html: string): Promise<{ elements: Element[]; text: string }> {
	const elements: Element[] = [];
	let text = "";
	const rewriter = new HTMLRewriter()
		.on("*", {
			element({ tagName, attributes }) {
				elements.push({ name: tagName, attributes: Object.fromEntries(attributes) });
			},
		})
		.onDocument({
			text(chunk) {
				text += chunk.text;
			},
		});
	await rewriter.transform(new Response(html)).text();
	return { elements, text: decoded(text) };
}

/** Text with its character references resolved, as far as the renderer makes any. */
function decoded(text: string): string {
	return text
		.replace(/&#(x?)([0-9a-f]+);/gi, (_, isHex: string, code: string) =>
			String.fromCodePoint(Number.parseInt(code, isHex ? 16 : 10)),
		)
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&quot;", '"')
		.replaceAll("&apos;", "'")
		.replaceAll("&amp;", "&");
}
