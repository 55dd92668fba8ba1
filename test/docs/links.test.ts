import { describe, expect, test } from "bun:test";
import { existsSync, realpathSync } from "node:fs";
import { join, posix } from "node:path";
import { DOCUMENTS, type Document, readDocument } from "../support/documents.ts";

const ROOT = realpathSync.native(join(import.meta.dir, "../.."));
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:|^\/\//i;
/** Sites that documents may lead to: those of programs and rules that are named, and names kept free for examples. */
const FOREIGN =
	/^https:\/\/(?:[\w-]+\.)*(?:nodejs\.org|semver\.org|docs\.github\.com|example\.(?:com|org|net))(?:\/|$)/;

/** What is wrong with where a link leads; nothing if it is right. */
function findFault(from: Document, link: string, documents: readonly Document[]): string[] {
	const fault = [`${from.path}: ${link}`];
	if (ABSOLUTE.test(link)) return FOREIGN.test(link) ? [] : fault;
	const [file = "", anchor] = link.split("#");
	if (file.startsWith("/")) return fault;
	const path = file === "" ? from.path : posix.join(posix.dirname(from.path), decodeURI(file));
	if (!existsAs(path)) return fault;
	if (anchor === undefined) return [];
	const document = documents.find((one) => one.path === path);
	return document?.anchors.includes(decodeURIComponent(anchor)) ? [] : fault;
}

/** Whether there is a file of exactly this name in the repository; other systems may tell `a` and `A` apart. */
function existsAs(path: string): boolean {
	const whole = join(ROOT, path);
	return !path.startsWith("..") && existsSync(whole) && realpathSync.native(whole) === whole;
}

describe("documents", () => {
	test("are found", () => {
		const paths = DOCUMENTS.map(({ path }) => path);
		expect(paths).toEqual(expect.arrayContaining(["CONTRIBUTING.md", "README.md", "docs/operating.md"]));
	});

	test.each(DOCUMENTS.map((document) => [document.path, document] as const))(
		"%s leads nowhere in vain, and shows every picture",
		(_, document) => {
			const { links, pictures } = document;
			const faults = [...links, ...pictures].flatMap((link) => findFault(document, link, DOCUMENTS));
			expect(faults).toEqual([]);
			// A link whose definition is missing is no link: it is shown with its brackets.
			expect(document.prose.match(/\]\[[^\]\n]*\]/g) ?? []).toEqual([]);
		},
	);

	test.each(DOCUMENTS.filter(({ path }) => path.startsWith("docs/")).map(({ path }) => path))(
		"the README leads to %s",
		(path) => {
			const links = DOCUMENTS.find((one) => one.path === "README.md")?.links ?? [];
			expect(links.map((link) => link.split("#")[0])).toContain(path);
		},
	);

	test("name no place where this was made and no host that packages come from", () => {
		const placed = DOCUMENTS.flatMap(({ path, text }) =>
			(text.match(/\/(?:work|root)\/|\b(?:registry|deb|security)\.[\w-]+\.(?:org|com)\b/g) ?? []).map(
				(place) => `${path}: ${place}`,
			),
		);
		expect(placed).toEqual([]);
	});

	test("have every picture of docs/ somewhere", () => {
		const shown = new Set(
			DOCUMENTS.flatMap(({ path, pictures }) => pictures.map((one) => posix.join(posix.dirname(path), one))),
		);
		const drawn = [...new Bun.Glob("docs/**/*.png").scanSync({ cwd: ROOT })];
		expect(drawn.filter((picture) => !shown.has(picture))).toEqual([]);
	});
});

describe("the reader of documents", () => {
	const other = readDocument("docs/other.md", "# A `b`, [c](d): É_ü\n\n## Same\n\n## Same\n");
	const faultsOf = (text: string) => {
		const document = readDocument("README.md", text);
		return [...document.links, ...document.pictures].flatMap((link) =>
			findFault(document, link, [document, { ...other, path: "docs/operating.md" }]),
		);
	};

	test("makes anchors as GitHub does", () => {
		expect(other.anchors).toEqual(["a-b-c-é_ü", "same", "same-1"]);
	});

	test.each([
		"[a](CONTRIBUTING.md)",
		"[a][b]\n\n[b]: docs/operating.md#same-1",
		"## Here\n\n[a](#here)",
		"| a |\n| --- |\n| [a](docs/operating.md) |",
		'<a href="LICENSE">a</a>',
		"`[a](nowhere.md)`",
		"```md\n[a](nowhere.md)\n```",
		"[a](https://usage.example.com/x)",
	])("lets %j be", (text) => {
		expect(faultsOf(text)).toEqual([]);
	});

	test.each([
		"[a](nowhere.md)",
		"[a](contributing.md)",
		"[a][b]\n\n[b]: nowhere.md",
		"[a](#nowhere)",
		"[a](docs/operating.md#same-2)",
		"[a](/docs/operating.md)",
		"[a](../elsewhere.md)",
		"![a](docs/none.png)",
		'<img src="docs/none.png">',
		'a <a\nhref="nowhere.md">b</a>',
		"- a\n\n  > [a](nowhere.md)",
		"[a](http://127.0.0.1:3000)",
		"<https://registry.somewhere.org/x>",
		"[a](file:///etc/passwd)",
	])("finds what is wrong with %j", (text) => {
		expect(faultsOf(text)).toHaveLength(1);
	});
});
