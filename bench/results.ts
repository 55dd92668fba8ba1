/** What one bench found. */
export type Section = { name: string; text: string };

const RESULTS = new URL("RESULTS.md", import.meta.url);

/** The section with its dated heading, as it stands in the results. */
export function formatSection({ name, text }: Section): string {
	return `## ${new Date().toISOString().slice(0, 10)}, ${name}\n\n${text.trim()}\n`;
}

/** Puts the section where the one of the same bench stood, or at the end. */
export async function writeSection(section: Section): Promise<void> {
	const parts = (await Bun.file(RESULTS).text()).split(/^(?=## )/m).map((part) => `${part.trim()}\n`);
	const known = parts.findIndex((part) => part.split("\n", 1)[0]?.endsWith(`, ${section.name}`));
	parts.splice(known < 0 ? parts.length : known, 1, formatSection(section));
	await Bun.write(RESULTS, parts.join("\n"));
}
