import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	addCwd,
	type CwdSighting,
	chooseProject,
	earlier,
	encodeCwd,
	mergeCwds,
	type SessionCwds,
} from "../../src/usage/project.ts";
import { runs } from "../support/runs.ts";

const FOLDER = "-home-ada-app";

/** A sighting in a main transcript, unless told otherwise. */
function seen(cwd: string, at: number, isMain = true): CwdSighting {
	return { cwd, isMain, at };
}

function cwdsOf(sightings: readonly CwdSighting[], folder = FOLDER): SessionCwds {
	return sightings.reduce((cwds: SessionCwds, sighting) => addCwd(cwds, sighting, folder), {});
}

function projectOf(own: readonly CwdSighting[], others: readonly CwdSighting[] = []): string | undefined {
	return chooseProject(FOLDER, cwdsOf(own), cwdsOf(others).matching);
}

describe("the folder of a working directory", () => {
	test.each([
		["/home/u/.x/my_app", "-home-u--x-my-app"],
		["C:\\git\\a", "C--git-a"],
		["/home/ada/café 日本", "-home-ada-caf----"],
		["/home/ada/😀", "-home-ada---"],
		["/srv/App2", "-srv-App2"],
		["", ""],
	])("%s is %s", (cwd, folder) => {
		expect(encodeCwd(cwd)).toBe(folder);
	});
});

describe("the project of a session in a folder", () => {
	test("is the directory that the folder is named after", () => {
		expect(projectOf([seen("/tmp", 1), seen("/home/ada/app", 2), seen("/home/ada/app/src", 3)])).toBe(
			"/home/ada/app",
		);
	});

	test("is the first of several such directories", () => {
		expect(projectOf([seen("/home/ada-app", 2), seen("/home/ada/app", 1)])).toBe("/home/ada/app");
	});

	test("is what a main transcript says before what a sub-agent said earlier", () => {
		expect(projectOf([seen("/home/ada-app", 1, false), seen("/home/ada/app", 2)])).toBe("/home/ada/app");
		expect(projectOf([seen("/tmp", 1, false), seen("/usr", 2)])).toBe("/usr");
	});

	test("is what a sub-agent says where the main transcript names no such directory", () => {
		expect(projectOf([seen("/tmp", 1), seen("/home/ada/app", 2, false)])).toBe("/home/ada/app");
	});

	test("is such a directory of another session where its own lines name none", () => {
		expect(projectOf([seen("/tmp", 1)], [seen("/usr", 1), seen("/home/ada/app", 9)])).toBe("/home/ada/app");
		expect(projectOf([], [seen("/home/ada/app", 9)])).toBe("/home/ada/app");
	});

	test("is its own, not another session's, where both name such a directory", () => {
		expect(projectOf([seen("/home/ada-app", 9)], [seen("/home/ada/app", 1)])).toBe("/home/ada-app");
	});

	test("is the session's first directory where no session names one that fits", () => {
		expect(projectOf([seen("/usr", 2), seen("/tmp", 1)], [seen("/var", 0)])).toBe("/tmp");
	});

	test("is the folder's name where no line names any directory", () => {
		expect(projectOf([])).toBe(FOLDER);
	});

	test("is unknown for a session in no folder that names no directory", () => {
		expect(chooseProject("", {}, undefined)).toBeUndefined();
		expect(chooseProject("", cwdsOf([seen("/tmp", 1)], ""), undefined)).toBe("/tmp");
	});
});

describe("what is known of a session, whatever the order of reading", () => {
	const cwd = fc.constantFrom("/home/ada/app", "/home/ada-app", "/home/ada/app/src", "/tmp");
	const sighting = fc.record({ cwd, isMain: fc.boolean(), at: fc.nat(3) });
	const sightings = fc.array(sighting, { maxLength: 8 });

	test("is the first sighting in the order main, time, name, and the first of those that fit", () => {
		fc.assert(
			fc.property(sightings, (list) => {
				const inOrder = list.toSorted(
					(a, b) =>
						Number(b.isMain) - Number(a.isMain) ||
						a.at - b.at ||
						(a.cwd < b.cwd ? -1 : a.cwd > b.cwd ? 1 : 0),
				);
				const fits = (one: CwdSighting) => one.cwd.replaceAll("/", "-") === FOLDER;
				expect(cwdsOf(list)).toEqual({ first: inOrder[0], matching: inOrder.find(fits) });
			}),
			runs(500),
		);
	});

	test("is the same from parts that were read apart", () => {
		fc.assert(
			fc.property(sightings, sightings, sightings, (a, b, c) => {
				const whole = cwdsOf([...a, ...b, ...c]);
				const [first, second, third] = [cwdsOf(a), cwdsOf(b), cwdsOf(c)];
				expect(mergeCwds(mergeCwds(first, second), third)).toEqual(whole);
				expect(mergeCwds(third, mergeCwds(second, first))).toEqual(whole);
			}),
			runs(500),
		);
	});

	test("stays the very same thing when it is read again", () => {
		fc.assert(
			fc.property(fc.array(sighting, { minLength: 1, maxLength: 8 }), (list) => {
				const known = cwdsOf(list);
				const again = mergeCwds(known, cwdsOf(structuredClone(list)));
				expect(again.first).toBe(known.first);
				expect(again.matching).toBe(known.matching);
			}),
			runs(200),
		);
	});

	test("is the other where one is missing", () => {
		const only = seen("/tmp", 1);
		expect(earlier(only, undefined)).toBe(only);
		expect(earlier(undefined, only)).toBe(only);
		expect(earlier(undefined, undefined)).toBeUndefined();
	});
});
