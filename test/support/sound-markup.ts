import { expect } from "bun:test";
import type { Element } from "./markup.ts";

/**
 * Expects of a page's markup that no id is there twice, that links lead into the site or to something on the page, and that
 * nothing in it is style, handler or program: the pages' policy lets none of these run.
 */
export function expectSoundMarkup(page: readonly Element[]): void {
	const ids = page.flatMap(({ attributes }) => attributes.get("id") ?? []);
	expect(ids.toSorted()).toEqual([...new Set(ids)].sort());
	for (const { tag, attributes, text } of page) {
		const href = attributes.get("href");
		if (href?.startsWith("#")) expect(ids).toContain(href.slice(1));
		else if (href !== undefined) expect(href).toMatch(/^\/(?!\/)/);
		expect(tag).not.toBe("style");
		expect([...attributes.keys()].filter((name) => /^(?:style$|on|hx-on)/.test(name))).toEqual([]);
		if (tag === "script" && text !== "") expect(attributes.get("type")).toBe("application/json");
	}
}
