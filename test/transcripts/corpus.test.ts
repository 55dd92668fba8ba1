import { expect, test } from "bun:test";
import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { LineReader } from "../../src/transcripts/lines.ts";
import { parseLine } from "../../src/transcripts/parse.ts";
import { listTranscripts } from "../../src/transcripts/paths.ts";
import { expectAgreement } from "../support/both-readers.ts";

// Real transcripts may lie beside the repository; where they do not there is nothing to test.
const projects = join(import.meta.dir, "../../../shared/corpus/projects");

if (existsSync(projects)) {
	test("in real transcripts every usage line and every answer is found", () => {
		const reader = new LineReader();
		const keys = new Set<string>();
		const skipped: string[] = [];
		let events = 0;
		const { files, unreadable, notFollowed } = listTranscripts(projects);
		for (const file of files) {
			const fd = openSync(file.path, "r");
			for (const line of reader.read(fd, 0, fstatSync(fd).size)) {
				for (const sighting of parseLine(line, file)) {
					if ("skip" in sighting) skipped.push(sighting.skip);
					else {
						events++;
						keys.add(sighting.event.key);
					}
				}
			}
			closeSync(fd);
		}
		expect({ files: files.length, unreadable, notFollowed, skipped }).toEqual({
			files: 90,
			unreadable: [],
			notFollowed: [],
			skipped: [],
		});
		expect({ events, answers: keys.size }).toEqual({ events: 2_570, answers: 1_373 });
	});

	test("in real transcripts every line says the same to both readers, and none needs the slow one", () => {
		expect(expectAgreement(projects)).toEqual({ lines: 2_583, parsed: 0 });
	});
}
