import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SELF_SIGNED } from "./self-signed.ts";
import { freePort } from "./serve-process.ts";
import { until } from "./until.ts";

const DEPLOY = join(import.meta.dir, "../../deploy");

export const CADDYFILE = readFileSync(join(DEPLOY, "Caddyfile"), "utf8");
export const NGINX_CONF = readFileSync(join(DEPLOY, "nginx.conf"), "utf8");

/** Where a proxy is reached from both of this machine's own addresses. */
export type ProxyPorts = { http: number; https: number };

/** A reverse proxy before a server, by the file that this product brings for it. */
export type ProxyKind = {
	name: "caddy" | "nginx";
	/** Writes into the folder what makes the file fit this machine, and gives what starts the proxy. */
	prepare(
		folder: string,
		upstream: number,
		ports: ProxyPorts,
	): { command: string[]; env: Record<string, string> };
};

export const PROXY_KINDS: readonly ProxyKind[] = [
	{
		name: "caddy",
		prepare(folder, upstream, { http, https }) {
			const own = join(folder, "Caddyfile");
			const options = [
				"admin off",
				"skip_install_trust",
				`http_port ${http}`,
				`https_port ${https}`,
				"default_bind 127.0.0.1 [::1]",
			];
			writeFileSync(own, `{\n\t${options.join("\n\t")}\n}\nimport ${join(DEPLOY, "Caddyfile")}\n`);
			return {
				command: ["caddy", "run", "--adapter", "caddyfile", "--config", own],
				env: {
					PROMPTPULSE_SITE: "localhost",
					PROMPTPULSE_UPSTREAM: `127.0.0.1:${upstream}`,
					XDG_DATA_HOME: join(folder, "data"),
					XDG_CONFIG_HOME: join(folder, "config"),
				},
			};
		},
	},
	{
		name: "nginx",
		prepare(folder, upstream, { http, https }) {
			mkdirSync(join(folder, "temporary"));
			for (const [name, text] of Object.entries(SELF_SIGNED))
				writeFileSync(join(folder, `${name}.pem`), text);
			const site = NGINX_CONF.replace("server 127.0.0.1:3000;", `server 127.0.0.1:${upstream};`)
				.replaceAll("usage.example.com;", "localhost;")
				.replaceAll("https://usage.example.com$", `https://localhost:${https}$`)
				.replace(/listen (\[::\]:)?80;/g, (_, six) => `listen ${six ? "[::1]" : "127.0.0.1"}:${http};`)
				.replace(/listen (\[::\]:)?443 /g, (_, six) => `listen ${six ? "[::1]" : "127.0.0.1"}:${https} `)
				.replace(/(ssl_certificate) .*/, `$1 ${join(folder, "cert.pem")};`)
				.replace(/(ssl_certificate_key) .*/, `$1 ${join(folder, "key.pem")};`);
			writeFileSync(join(folder, "site.conf"), site);
			const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
				(what) => `${what}_temp_path ${join(folder, "temporary", what)};`,
			);
			const own = join(folder, "nginx.conf");
			const http_ = [...kept, "access_log off;", `include ${join(folder, "site.conf")};`];
			const main = [
				"daemon off;",
				"master_process off;",
				`pid ${join(folder, "pid")};`,
				"events {}",
				`http { ${http_.join(" ")} }`,
			];
			writeFileSync(own, `${main.join("\n")}\n`);
			return {
				command: ["nginx", "-e", "stderr", "-p", folder, "-c", own],
				env: {},
			};
		},
	},
];

/** Where a program of this machine is. Those that serve are not on everyone's path. */
export function findProgram(name: string): string | null {
	return Bun.which(name, { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` });
}

/** A proxy that runs, until it is let go. */
export class RunningProxy implements AsyncDisposable {
	/** What it says. */
	#said = "";

	private constructor(
		readonly ports: ProxyPorts,
		readonly child: Bun.Subprocess<"ignore", "ignore", "pipe">,
	) {}

	static async start(kind: ProxyKind, folder: string, upstream: number): Promise<RunningProxy> {
		const ports = { http: freePort(), https: freePort() };
		const {
			command: [program = "", ...flags],
			env,
		} = kind.prepare(folder, upstream, ports);
		const child = Bun.spawn([findProgram(program) ?? program, ...flags], {
			cwd: folder,
			env: { HOME: folder, PATH: process.env.PATH ?? "", ...env },
			stdin: "ignore",
			stdout: "ignore",
			stderr: "pipe",
		});
		const proxy = new RunningProxy(ports, child);
		const reading = proxy.#listen();
		try {
			await until(`${kind.name} to answer`, async () => {
				if (child.exitCode !== null) await reading.then(() => Promise.reject(new Error(proxy.#said)));
				return proxy.ask("/livez").then(
					({ ok }) => ok,
					() => false,
				);
			});
		} catch (error) {
			await proxy[Symbol.asyncDispose]();
			throw error;
		}
		return proxy;
	}

	async #listen(): Promise<void> {
		const decoder = new TextDecoder();
		for await (const bytes of this.child.stderr) this.#said += decoder.decode(bytes, { stream: true });
	}

	/** Asks by https. Nobody vouches for its certificate. */
	ask(path: string, init: RequestInit = {}): Promise<Response> {
		return fetch(`https://localhost:${this.ports.https}${path}`, {
			redirect: "manual",
			...init,
			tls: { rejectUnauthorized: false },
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.child.kill("SIGTERM");
		await this.child.exited;
	}
}
