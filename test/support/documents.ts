import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A block of code: what stands after its fence's ticks, and its lines without their last end. */
export type Block = { document: string; language: string; text: string };

/** What a document says, told apart by what it is. */
export type Document = {
	/** From the repository's root. */
	path: string;
	text: string;
	/** What `#…` may name: as GitHub makes them of headings, and ids in HTML. */
	anchors: readonly string[];
	/** Where links and pictures lead, those in HTML too, as they are written. */
	links: readonly string[];
	pictures: readonly string[];
	/** The sentences, without blocks of code; HTML in them as it is written. */
	prose: string;
	/** Code within sentences. */
	spans: readonly string[];
	blocks: readonly Block[];
};

const ROOT = join(import.meta.dir, "../..");
const ELSEWHERE = /^(?:node_modules|dist|\.git)\//;

/** Every document of the repository, in the order of their paths. */
export const DOCUMENTS: readonly Document[] = [...new Bun.Glob("**/*.md").scanSync({ cwd: ROOT, dot: true })]
	.filter((path) => !ELSEWHERE.test(path))
	.toSorted()
	.map((path) => readDocument(path, readFileSync(join(ROOT, path), "utf8")));

/** Those for people who use the program: the README, and all in `docs/`. */
export const GUIDES = DOCUMENTS.filter(({ path }) => path === "README.md" || path.startsWith("docs/"));

export function readDocument(path: string, text: string): Document {
	const headings: string[] = [];
	const links: string[] = [];
	const pictures: string[] = [];
	const spans: string[] = [];
	const blocks: Block[] = [];
	const prose = Bun.markdown.render(text, {
		heading(words) {
			headings.push(words);
			return `${words}\n`;
		},
		link(words, { href }) {
			links.push(href);
			return words;
		},
		image(words, { src }) {
			pictures.push(src);
			return words;
		},
		codespan(code) {
			spans.push(code);
			// Its brackets are neither HTML nor links.
			return code.replace(/[<>[\]]/g, "\0");
		},
		code(code, meta) {
			blocks.push({ document: path, language: meta?.language ?? "", text: code.trimEnd() });
			return "";
		},
		html: (html) => html,
	});
	const inHtml = (attribute: string) =>
		[...prose.matchAll(new RegExp(`<[^>]*\\s${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
	links.push(...inHtml("href"));
	pictures.push(...inHtml("src"), ...inHtml("srcset"));
	const anchors = [...anchorsOf(headings), ...inHtml("id")];
	return { path, text, prose, anchors, links, pictures, spans, blocks };
}

/**
 * The names by which GitHub knows headings: small letters, without what is neither letter nor number nor `-` nor `_`,
 * and numbered where one comes again.
 */
function anchorsOf(headings: readonly string[]): string[] {
	const seen = new Map<string, number>();
	return headings.map((heading) => {
		const name = heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
			.replaceAll(" ", "-");
		const before = seen.get(name);
		seen.set(name, (before ?? 0) + 1);
		return before === undefined ? name : `${name}-${before}`;
	});
}
