import { describe, expect, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import { veilEvent } from "../../src/usage/privacy.ts";
import { encodeCwd } from "../../src/usage/project.ts";
import { eventOf } from "../support/ledger.ts";

const userHome = "/home/ann.lee";

function basename(part: Partial<UsageEvent>): string | undefined {
	return veilEvent(eventOf(part), { setting: "basename", userHome }).project;
}

describe("the basename of a project", () => {
	test.each([
		["/home/ann.lee/code/shop", "shop"],
		["/home/ann.lee/code/my-shop", "my-shop"],
		["/srv/shop/", "shop"],
		["/srv/back\\slash", "back\\slash"],
		["C:\\Users\\ann\\shop", "shop"],
		["D:/code/shop", "shop"],
		["\\\\server\\share\\shop", "shop"],
		["/", "/"],
	])("of %s is %s", (project, name) => {
		expect(basename({ project, folder: encodeCwd(project) })).toBe(name);
	});

	test.each([
		["/home/ann.lee/shop", "shop"],
		["/home/ann.lee/secret-client/shop", "shop"],
		["/home/ann.lee/my-shop", "shop"],
		["/home/ann.lee/shop.", "shop"],
		["/home/ann.leeds/shop", "shop"],
		["/srv/shop", "shop"],
		["/home/ann.lee", undefined],
		["/home/ann.lee/.", undefined],
	])("whose folder alone is known, of %s, is %p", (path, name) => {
		const folder = encodeCwd(path);
		expect(basename({ project: folder, folder })).toBe(name as string);
	});

	test("that is not known is not known", () => {
		expect(basename({ project: undefined, folder: undefined })).toBeUndefined();
	});
});

test("a branch is sent as it is with basename and full, and is absent with none", () => {
	const event = eventOf({ project: "/home/ann.lee/shop", branch: "wip/login" });
	const veiled = (["basename", "full", "none"] as const).map((setting) => {
		const { project, branch } = veilEvent(event, { setting, userHome });
		return { project, branch };
	});
	expect(veiled).toEqual([
		{ project: "shop", branch: "wip/login" },
		{ project: "/home/ann.lee/shop", branch: "wip/login" },
		{ project: undefined, branch: undefined },
	]);
});

describe("with hash", () => {
	const veil = (secret: string, part: Partial<UsageEvent> = {}) =>
		veilEvent(eventOf({ project: "/home/ann.lee/shop", branch: "main", ...part }), {
			setting: "hash",
			userHome,
			secret,
		});

	test("names are the same every time, 16 characters, and different ones where they were", () => {
		const { project, branch } = veil("one");
		expect(veil("one")).toMatchObject({ project, branch } as object);
		expect(project).toMatch(/^[\w-]{16}$/);
		expect(branch).toMatch(/^[\w-]{16}$/);
		expect(veil("one", { project: "/home/ann.lee/Shop" }).project).not.toBe(project);
	});

	test("another secret makes other names, and a branch named as a project another one than that", () => {
		expect(veil("two").project).not.toBe(veil("one").project);
		const { project, branch } = veil("one", { project: "main" });
		expect(project).not.toBe(branch);
	});

	test("what is absent stays absent", () => {
		expect(veil("one", { project: undefined, branch: undefined })).toMatchObject({
			project: undefined,
			branch: undefined,
		});
	});
});

test("nothing else of an event changes", () => {
	const { project: _, branch: __, ...event } = eventOf({ folder: "-home-ann-lee-shop", extra: [] });
	for (const setting of ["basename", "full", "none"] as const) {
		expect(veilEvent({ ...event, project: "/x/y", branch: "b" }, { setting, userHome })).toMatchObject(event);
	}
});
