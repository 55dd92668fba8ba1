import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../package.json";

type Step = { uses?: string; run?: string; with?: Record<string, unknown>; env?: Record<string, string> };
type Job = {
	"timeout-minutes"?: number;
	permissions?: Record<string, string>;
	env?: Record<string, string>;
	steps: Step[];
};
type Workflow = {
	env?: Record<string, string>;
	on: Record<string, { branches?: string[]; tags?: string[] } | null>;
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
};

const root = join(import.meta.dir, "..");
const folder = join(root, ".github/workflows");
const read = (name: string) => Bun.YAML.parse(readFileSync(join(folder, name), "utf8")) as Workflow;
const names = readdirSync(folder);
const steps = (workflow: Workflow) => Object.values(workflow.jobs).flatMap((job) => job.steps);

/** What workflows run: everything else is in the scripts, where everyone can run it. */
const RUNS = [
	/^\.ci\/run$/,
	/^npm run release -- --url "\$GITHUB_SERVER_URL\/\$GITHUB_REPOSITORY\/releases" --tag "\$GITHUB_REF_NAME"$/,
	/^gh release create "\$GITHUB_REF_NAME" --verify-tag --generate-notes \$\(find dist\/release -maxdepth 1 -type f\)$/,
];

test("there are a workflow for every change and one for releases", () => {
	expect(names.sort()).toEqual(["ci.yml", "release.yml"]);
	expect(Object.keys(read("ci.yml").on)).toEqual(["push", "pull_request"]);
	expect(read("release.yml").on).toEqual({ push: { tags: ["v*"] } });
});

describe.each(names)("%s", (name) => {
	const workflow = read(name);

	test("runs what everyone can run, and adds nothing", () => {
		const runs = steps(workflow).flatMap(({ run }) => run ?? []);
		expect(runs).toContain(".ci/run");
		expect(runs.filter((run) => !RUNS.some((known) => known.test(run)))).toEqual([]);
		expect(Object.keys(manifest.scripts)).toContain("release");
	});

	test("takes no actions but those that fetch the sources and Node", () => {
		const actions = steps(workflow).flatMap(({ uses }) => uses ?? []);
		expect(actions).toEqual(["actions/checkout@v4", "actions/setup-node@v4"]);
	});

	test("may only read, but where a release is made", () => {
		expect(workflow.permissions).toEqual({ contents: "read" });
		const more = Object.values(workflow.jobs).map(({ permissions }) => permissions);
		expect(more).toEqual([name === "release.yml" ? { contents: "write" } : undefined]);
		const checkout = steps(workflow).find(({ uses }) => uses?.startsWith("actions/checkout@"));
		expect(checkout?.with).toEqual({ "persist-credentials": false });
	});

	test("puts nothing that a stranger writes into a command, and gives no secret to one that needs none", () => {
		for (const { env } of [workflow, ...Object.values(workflow.jobs)]) expect(env).toBeUndefined();
		for (const { run, env } of steps(workflow)) {
			expect(run ?? "").not.toContain("${{");
			const needsToken = run?.startsWith("gh ") ?? false;
			expect(Object.keys(env ?? {})).toEqual(needsToken ? ["GH_TOKEN"] : []);
			if (needsToken) expect(env?.GH_TOKEN).toMatch(/^\$\{\{ github\.token \}\}$/);
		}
	});

	test("ends, whatever hangs", () => {
		for (const job of Object.values(workflow.jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
	});
});
