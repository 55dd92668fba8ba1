import { expect } from "bun:test";
import { closeSync, fstatSync, openSync } from "node:fs";
import { type Line, LineReader } from "../../src/transcripts/lines.ts";
import { parseLine } from "../../src/transcripts/parse.ts";
import { listTranscripts, type TranscriptFile } from "../../src/transcripts/paths.ts";
import type { Sighting } from "../../src/transcripts/sighting.ts";
import { UsageReader } from "../../src/transcripts/usage-reader.ts";

/** What the reader says of a line, in the line parser's words. */
export function readFast(reader: UsageReader, line: Line, file: TranscriptFile): Sighting[] {
	const sightings: Sighting[] = [];
	reader.read(line, file, {
		// The event is the reader's own.
		saw: (event, cwd) => void sightings.push({ event: { ...event }, cwd }),
		skipped: (skip) => void sightings.push({ skip }),
	});
	return sightings;
}

/** Lines that were compared, and those of them that the reader left to the line parser. */
export type Agreement = { lines: number; parsed: number };

/** Fails where the reader, which looks at bytes, and the line parser say different things of any line below a root. */
export function expectAgreement(projects: string): Agreement {
	const lines = new LineReader();
	const reader = new UsageReader();
	for (const file of listTranscripts(projects).files) {
		const fd = openSync(file.path, "r");
		for (const line of lines.read(fd, 0, fstatSync(fd).size)) {
			const told = readFast(reader, line, file);
			const parsed = parseLine(line, file);
			if (!Bun.deepEquals(told, parsed))
				expect({ file: file.relative, told }).toEqual({ file: file.relative, told: parsed });
		}
		closeSync(fd);
	}
	return { lines: reader.lines, parsed: reader.parsed };
}
