/** A part of the program that others made. `notice` is what has to be told of it: its own words, or whose it is. */
export type LicencedPart = { name: string; version: string | null; licence: string; notice: string };

/** What is known of licences. `runtime` is Bun and what is in it; `texts` has what notices only name, by SPDX's name. */
export type Notices = {
	product: LicencedPart;
	packages: LicencedPart[];
	runtime: LicencedPart[];
	texts: Record<string, string>;
};

const LINE = "-".repeat(80);

/** The licences as a text for people: a list of all parts, then what each of them says, then texts of licences. */
export function licenceText({ product, packages, runtime, texts }: Notices): string {
	return [
		`${titleOf(product)}\n\n${product.notice}`,
		`It is one file in which the parts below are. All of them may be used, changed and passed on under these licences:`,
		[...packages, ...runtime].map((part) => `  ${titleOf(part)}`).join("\n"),
		RELINKING,
		...packages.map(sectionOf),
		...runtime.map(sectionOf),
		...Object.entries(texts).map(
			([name, text]) => `${LINE}\nText of the licence ${name}\n${LINE}\n\n${text}`,
		),
	].join("\n\n");
}

/** Section 6 of the LGPL: whoever has the program may change these parts of it. */
const RELINKING = `WebKit, JavaScriptCore and tinycc are under the GNU Lesser General Public License. You may change them and put
the changed ones into this program: build Bun with them as its documentation says ("License", "Relink Bun"), and
build PromptPulse from its sources, which are free, by running its build.ts with that Bun. Sources of Bun and of
WebKit as Bun uses it are in the repositories oven-sh/bun and oven-sh/WebKit on GitHub.`;

function sectionOf(part: LicencedPart): string {
	return `${LINE}\n${titleOf(part)}\n${LINE}\n\n${part.notice}`;
}

function titleOf({ name, version, licence }: LicencedPart): string {
	return `${name}${version === null ? "" : ` ${version}`}: ${licence}`;
}
