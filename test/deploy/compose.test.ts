import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listSettings } from "../../src/config.ts";
import { parseProxies } from "../../src/web/gates/proxies.ts";
import { execForm, pairsOf, readDockerfile } from "../support/dockerfile.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

type Service = {
	image?: string;
	build?: string;
	command?: string[];
	profiles?: string[];
	restart?: string;
	user?: string;
	read_only?: boolean;
	cap_drop?: string[];
	cap_add?: string[];
	security_opt?: string[];
	tmpfs?: string[];
	stop_grace_period?: string;
	environment?: Record<string, string>;
	volumes?: string[];
	ports?: string[];
	networks?: string[] | { inside: { ipv4_address: string } };
	depends_on?: Record<string, { condition: string }>;
	healthcheck?: { test: string[]; timeout: string };
	privileged?: boolean;
	network_mode?: string;
};
type Compose = {
	services: { promptpulse: Service; caddy: Service; litestream: Service };
	volumes: Record<string, null>;
	networks: { inside: { ipam: { config: { subnet: string; ip_range?: string }[] } } };
};

const { services, volumes, networks } = Bun.YAML.parse(read("compose.yaml")) as Compose;
const { promptpulse, caddy, litestream } = services;
const dockerfile = readDockerfile(read("Dockerfile"));
const final = (name: string) => dockerfile.findLast((one) => one.name === name)?.rest ?? "";
const seconds = (text: string | undefined) => Number(/^(\d+)s$/.exec(text ?? "")?.[1]);
const addressOf = ({ networks: own }: Service) =>
	own !== undefined && "inside" in own ? own.inside.ipv4_address : "";

describe.each(Object.entries(services))("the service %s", (_, service) => {
	test("may do nothing but its work", () => {
		expect(service.read_only).toBe(true);
		expect(service.cap_drop).toEqual(["ALL"]);
		expect(service.security_opt).toEqual(["no-new-privileges:true"]);
		expect(service.privileged).toBeUndefined();
		expect(service.network_mode).toBeUndefined();
		expect(service.restart).toBe("unless-stopped");
	});

	test("takes its files from places that there are", () => {
		for (const volume of service.volumes ?? []) {
			const [source = "", target = "", mode] = volume.split(":");
			expect(target).toStartWith("/");
			if (!source.startsWith("./")) expect(Object.keys(volumes)).toContain(source);
			else expect([source, existsSync(join(ROOT, source)), mode]).toEqual([source, true, "ro"]);
		}
	});

	test("has no secret of its own", () => {
		for (const [name, value] of Object.entries(service.environment ?? {})) {
			if (/KEY|SECRET|TOKEN|PASSWORD/.test(name)) expect(value).toBe(`$\{${name}:-}`);
		}
	});
});

describe("the server's service", () => {
	test("starts by itself, without a profile, from this folder", () => {
		expect(promptpulse).toMatchObject({ build: ".", image: "promptpulse" });
		expect(promptpulse.profiles).toBeUndefined();
		expect(promptpulse.user).toBe(final("USER"));
		expect(promptpulse.volumes).toEqual([`data:${final("COPY").split(" ").at(-1)}`]);
	});

	test("is reached without https by this machine alone", () => {
		expect(promptpulse.ports).toEqual([`127.0.0.1:${final("EXPOSE")}:${final("EXPOSE")}`]);
	});

	test("knows only settings that the program knows, and believes the proxy beside it alone", () => {
		const known = listSettings(() => undefined, {}).map(({ variable }) => variable);
		const environment = promptpulse.environment ?? {};
		expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
		const [, trusted = ""] = /:-([\d.]+)\}$/.exec(environment.TRUSTED_PROXIES ?? "") ?? [];
		expect(trusted).toBe(addressOf(caddy));
		const inside = parseProxies(networks.inside.ipam.config[0]?.subnet);
		for (const service of [promptpulse, caddy]) expect(inside.check(addressOf(service))).toBe(true);
		expect(addressOf(promptpulse)).not.toBe(addressOf(caddy));
	});

	test("gives the proxy's address, which is believed, to nothing else", () => {
		const { subnet, ip_range: range = subnet } = networks.inside.ipam.config[0] ?? {};
		// Where a container gets one by itself, it is one of these; whoever starts first gets the first.
		const given = parseProxies(range);
		for (const service of [promptpulse, caddy]) expect(given.check(addressOf(service))).toBe(false);
		expect(addressOf(litestream)).toBe("");
	});

	test("is asked for its health as the image says", () => {
		const [, timeout = "", command = ""] = /--timeout=(\S+) .* CMD (.*)$/.exec(final("HEALTHCHECK")) ?? [];
		expect(promptpulse.healthcheck).toMatchObject({ test: ["CMD", ...execForm(command)], timeout });
	});

	test("is given longer to stop than it takes", () => {
		const listen = read("src/web/listen.ts");
		const [, within = ""] = /STOP_WITHIN = ([\d_]+);/.exec(listen) ?? [];
		const [, lastBytes = ""] = /LAST_BYTES_MS = ([\d_]+);/.exec(listen) ?? [];
		const longest = [within, lastBytes].reduce((sum, text) => sum + Number(text.replaceAll("_", "")), 0);
		expect(longest).toBeGreaterThan(0);
		expect(seconds(promptpulse.stop_grace_period) * 1_000).toBeGreaterThan(2 * longest);
	});
});

describe("beside it", () => {
	test("the proxy and the backup start only when they are asked for, once the server is well", () => {
		for (const service of [caddy, litestream]) {
			expect(service.profiles).toHaveLength(1);
			expect(service.depends_on).toEqual({ promptpulse: { condition: "service_healthy" } });
			expect(service.image).toMatch(/^[\w./-]+:[\d.]+$/);
		}
	});

	test("the proxy is led to the server by the names that its file asks for", () => {
		const asked = [...read("deploy/Caddyfile").matchAll(/\{\$(\w+):/g)].map(([, name]) => name);
		expect(Object.keys(caddy.environment ?? {})).toEqual(asked.map(String));
		expect(caddy.environment?.PROMPTPULSE_UPSTREAM).toBe(`promptpulse:${final("EXPOSE")}`);
		expect(caddy.cap_add).toEqual(["NET_BIND_SERVICE"]);
	});

	test("Litestream copies the ledger of the server as its user, and is told where to by its environment", () => {
		const config = Bun.YAML.parse(read("deploy/litestream.yml")) as {
			dbs: { path: string; replicas: { url: string }[] }[];
		};
		const environment = pairsOf(final("ENV"));
		expect(config.dbs.map(({ path }) => path)).toEqual([environment.DATABASE_URL ?? ""]);
		expect(config.dbs[0]?.replicas.map(({ url }) => url)).toEqual(["$" + "{LITESTREAM_REPLICA_URL}"]);
		expect(Object.keys(litestream.environment ?? {})).toContain("LITESTREAM_REPLICA_URL");
		expect(litestream.user).toBe(promptpulse.user);
		expect(litestream.volumes).toContain("data:/data");
	});
});

test("Railway builds this image, asks it for its health, and gives it one volume and one process", () => {
	const { build, deploy } = JSON.parse(read("railway.json"));
	expect(build).toEqual({ builder: "DOCKERFILE", dockerfilePath: "Dockerfile" });
	expect(deploy).toMatchObject({ healthcheckPath: "/readyz", numReplicas: 1, requiredMountPath: "/data" });
	// Two servers never have one file: the old one goes before the new one comes.
	expect(deploy.overlapSeconds).toBe(0);
	expect(deploy.drainingSeconds).toBe(seconds(promptpulse.stop_grace_period));
	expect(deploy.restartPolicyType).toBe("ON_FAILURE");
	// It starts what the image starts, at the port that Railway gives in PORT.
	expect(deploy.startCommand).toBeUndefined();
});
