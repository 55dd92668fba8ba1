import { describe, expect, test } from "bun:test";
import { PRIVACY_SETTINGS, type Privacy, veilEvent, veilProject } from "../../src/usage/privacy.ts";
import { encodeCwd } from "../../src/usage/project.ts";
import { ProjectRules } from "../../src/usage/project-rules.ts";
import { eventOf } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { forSeeds, runs } from "../support/runs.ts";

const rules = new ProjectRules([["/home/me/client-x", { alias: "client" }]]);

function privacyOf(setting: (typeof PRIVACY_SETTINGS)[number], userHome = "/home/me"): Privacy {
	return setting === "hash" ? { setting, userHome, rules, secret: "s" } : { setting, userHome, rules };
}

describe("an alias", () => {
	test.each(PRIVACY_SETTINGS)("is what leaves under %s, and the branch follows the setting", (setting) => {
		const event = eventOf({ project: "/home/me/client-x/site", branch: "wip" });
		const { project, branch } = veilEvent(event, privacyOf(setting));
		expect(project).toBe("client");
		const plain = veilEvent({ ...event, project: "/home/me/other" }, privacyOf(setting));
		expect(branch).toBe(plain.branch as string);
		expect(plain.project).not.toBe("client");
	});

	test("also stands for what is known by its folder alone", () => {
		for (const setting of PRIVACY_SETTINGS) {
			expect(veilProject("-home-me-client-x-site", privacyOf(setting))).toBe("client");
		}
	});
});

test("a project that is the home itself is not called by its owner's name", () => {
	expect(veilProject("/home/me", privacyOf("basename"))).toBe("~");
	expect(veilProject("/home/me/", privacyOf("basename"))).toBe("~");
	expect(veilProject("-home-me", privacyOf("basename"))).toBeUndefined();
	expect(veilProject("C:\\Users\\me", privacyOf("basename", "C:\\Users\\me"))).toBe("~");
});

test("no part of a path but the last leaves, and no branch where there is to be none", async () => {
	await forSeeds(runs(200).numRuns, async (seed) => {
		const random = new Random(seed);
		const word = (mark: string) =>
			`${mark}${random.pick(["", ".", "-", " ", "_", "é"])}${random.integer(0, 99)}`;
		const windows = random.integer(0, 3) === 0;
		const join = (...parts: string[]) => (windows ? ["C:", ...parts].join("\\") : `/${parts.join("/")}`);
		const home = [word("qhome"), word("quser")];
		const inside = random.integer(0, 2) > 0;
		const above = Array.from({ length: random.integer(0, 3) }, () => word("qabove"));
		const path = join(...(inside ? home : []), ...above, word("zlast"));
		const project = random.integer(0, 2) === 0 ? encodeCwd(path) : path;
		const event = eventOf({ project, branch: word("ybranch") });
		for (const setting of ["basename", "hash", "none"] as const) {
			const text = JSON.stringify(veilEvent(event, privacyOf(setting, join(...home))));
			expect(text).not.toMatch(/qhome|quser|qabove/);
			expect(text.includes("zlast") && setting !== "basename").toBe(false);
			expect(text.includes("ybranch")).toBe(setting === "basename");
		}
	});
});
