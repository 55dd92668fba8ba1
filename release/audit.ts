import { pathTo } from "../build/root.ts";

/** What is known against a package. */
export type Advisory = { package: string; severity: string; title: string; url: string };

/** `advisories` undefined: nobody answered, for `reason`. */
export type Audit = { advisories: Advisory[] } | { advisories?: undefined; reason: string };

/** Asks the registry whether something is known against packages of the lock file. */
export async function auditPackages(): Promise<Audit> {
	const child = Bun.spawn([process.execPath, "audit", "--json"], {
		cwd: pathTo("."),
		stdin: "ignore",
		stderr: "pipe",
	});
	const [answer, trouble] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	await child.exited;
	return readAudit(answer, trouble);
}

/** @param answer the registry's: advisories by package; no JSON where none came */
export function readAudit(answer: string, trouble: string): Audit {
	let found: Record<string, Omit<Advisory, "package">[]>;
	try {
		found = JSON.parse(answer);
	} catch {
		return { reason: trouble.trim() || "It answered nothing that could be read." };
	}
	const advisories = Object.entries(found).flatMap(([name, known]) =>
		known.map(({ severity, title, url }) => ({ package: name, severity, title, url })),
	);
	return { advisories };
}
