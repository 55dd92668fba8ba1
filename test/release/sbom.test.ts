import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { collectNotices } from "../../build/notices.ts";
import { RUNTIME_PARTS } from "../../build/runtime-parts.ts";
import manifest from "../../package.json";
import { sbomText } from "../../release/sbom.ts";
import { TARGETS } from "../../release/targets.ts";

type Component = {
	"bom-ref": string;
	name: string;
	version?: string;
	scope?: string;
	purl?: string;
	hashes?: { alg: string; content: string }[];
	licenses: { license?: { id: string }; expression?: string }[];
	components?: Component[];
};
type Sbom = {
	bomFormat: string;
	specVersion: string;
	serialNumber: string;
	metadata: { timestamp?: string; component: { "bom-ref": string } };
	components: Component[];
	dependencies: { ref: string; dependsOn: string[] }[];
};

const root = join(import.meta.dir, "../..");
const text = await sbomText(1_764_000_000_000);
const sbom: Sbom = JSON.parse(text);
const libraries = sbom.components.filter(({ name }) => name !== "Bun runtime");

/** Another way to read the lock file, a line at a time: version and digest of each package, and what it is told to need. */
const locked = readFileSync(join(root, "bun.lock"), "utf8")
	.split("\n")
	.flatMap((line) => {
		const [, key = "", specifier = "", details = "", digest = ""] =
			/^ {4}"([^"]+)": \["([^"]+)", "", (\{.*\}), "sha512-([^"]+)"\],$/.exec(line) ?? [];
		return key === "" ? [] : [{ key, specifier, details, digest }];
	});

describe("S79 the SBOM", () => {
	test("is of CycloneDX 1.6", () => {
		expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
		expect(sbom.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
		const refs = sbom.components
			.flatMap((one) => [one, ...(one.components ?? [])])
			.map((one) => one["bom-ref"]);
		expect(new Set(refs).size).toBe(refs.length);
	});

	test("has the packages of bun.lock and no others, with version, digest and address", () => {
		expect(locked.length).toBeGreaterThan(100);
		const fromLock = new Set(
			locked.map(({ specifier, digest }) => `${specifier} ${Buffer.from(digest, "base64").toString("hex")}`),
		);
		const fromSbom = libraries.map(
			({ name, version, hashes }) => `${name}@${version} ${hashes?.[0]?.content}`,
		);
		expect(fromSbom.sort()).toEqual([...fromLock].sort());
		for (const { name, version, purl, hashes } of libraries) {
			expect(decodeURIComponent(purl ?? "")).toBe(`pkg:npm/${name}@${version}`);
			expect(hashes?.[0]).toMatchObject({ alg: "SHA-512", content: expect.stringMatching(/^[\da-f]{128}$/) });
		}
	});

	test("has a licence of every one", () => {
		for (const { name, licenses } of sbom.components) {
			expect(licenses, name).toHaveLength(1);
			expect(licenses[0]?.license?.id ?? licenses[0]?.expression, name).toMatch(/^[\w.+ -]+$/);
		}
	});

	test("requires what is in a binary, and excludes what is not", async () => {
		const { packages } = await collectNotices();
		const inBinary = [
			...packages.map(({ name, version }) => `${name}@${version}`),
			...TARGETS.map(({ runtimePackage }) => `${runtimePackage}@${manifest.devDependencies.bun}`),
		];
		const required = libraries.filter(({ scope }) => scope === "required");
		expect(required.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(inBinary.sort());
		const others = libraries.filter(({ scope }) => scope !== "required");
		expect(new Set(others.map(({ scope }) => scope))).toEqual(new Set(["excluded"]));
	});

	test("has the edges that bun.lock has, and none that lead nowhere", () => {
		const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
		const refs = new Set([
			`promptpulse@${manifest.version}`,
			...sbom.components.map((one) => one["bom-ref"]),
		]);
		expect(new Set(edges.keys())).toEqual(refs);
		expect([...edges.values()].flat().filter((ref) => !refs.has(ref))).toEqual([]);
		for (const { specifier, details } of locked) {
			const { dependencies = {} } = Bun.JSONC.parse(details) as { dependencies?: Record<string, string> };
			const ref = `pkg:npm/${specifier.replace(/^@/, "%40")}`;
			const names = (edges.get(ref) ?? []).map((to) =>
				decodeURIComponent(to).replace(/^pkg:npm\/|@[^@]+$/g, ""),
			);
			expect(names, specifier).toEqual(expect.arrayContaining(Object.keys(dependencies)));
		}
	});

	test("leads from the product to everything", () => {
		const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
		const reached = new Set([sbom.metadata.component["bom-ref"]]);
		for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next);
		expect([...edges.keys()].filter((ref) => !reached.has(ref))).toEqual([]);
	});

	test("has Bun's runtime and what is in it", () => {
		const runtime = sbom.components.find(({ name }) => name === "Bun runtime");
		expect(runtime).toMatchObject({ version: manifest.devDependencies.bun, scope: "required" });
		expect(runtime?.components?.map(({ name }) => name)).toEqual(RUNTIME_PARTS.map(({ name }) => name));
	});

	test("is the same for the same sources, and another for others", async () => {
		expect(await sbomText(1_764_000_000_000)).toBe(text);
		expect(sbom.metadata.timestamp).toBe("2025-11-24T16:00:00.000Z");
		const later: Sbom = JSON.parse(await sbomText(1_764_000_001_000));
		expect(later.serialNumber).not.toBe(sbom.serialNumber);
		const timeless: Sbom = JSON.parse(await sbomText(undefined));
		expect(timeless.metadata.timestamp).toBeUndefined();
	});
});
