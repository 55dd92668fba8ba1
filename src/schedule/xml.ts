/** What XML has no way to say: most control characters, and halves of characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about.
export const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;

/** A text as it stands between tags, where nothing in it is a tag, and no line's end is read as another. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"\t\r\n]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** The first text between tags of this name; as it stands there. */
export function textInTag(xml: string, tag: string): string | undefined {
	return new RegExp(`<${tag}(?:\\s[^>]*)?>([^<]*)</${tag}>`).exec(xml)?.[1];
}
