import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliHome, CliOptions } from "./run-cli.ts";

/** What the doctor tells of a check. */
export type Told = { check: string; state: string; found: string; why: string | null; mend: string | null };

export type Examined = {
	code: number;
	out: string;
	err: string;
	checks: Told[];
	passed: number;
	warnings: number;
	failed: number;
	fixed: string[];
	/** A check, which has to be there. */
	of(check: string): Told;
	/** Names of those that failed. */
	failing: string[];
};

/** Runs `promptpulse doctor --json` in a home, where no scheduler is unless a `PATH` is given. */
export async function examine(
	{ cli, home }: CliHome,
	words: readonly string[] = [],
	{ env, ...options }: Partial<CliOptions> = {},
): Promise<Examined> {
	const { through: [starter, ...flags] = [] } = options;
	const through = starter === undefined ? [] : [Bun.which(starter) ?? starter, ...flags];
	const result = await cli(["doctor", "--json", ...words], {
		...options,
		through,
		env: { PATH: emptyPath(home), ...env },
	});
	const json = JSON.parse(result.out);
	const checks: Told[] = json.checks;
	return {
		...result,
		...json,
		failing: checks.filter(({ state }) => state === "failed").map(({ check }) => check),
		of(name) {
			const found = checks.find(({ check }) => check === name);
			if (!found) throw new Error(`there is no check ${name}`);
			return found;
		},
	};
}

/** A folder in which no program lies. */
export function emptyPath(home: string): string {
	const path = join(home, "no-programs");
	mkdirSync(path, { recursive: true });
	return path;
}

/** Lets `config.json` keep this login. */
export function logIn({ kept }: CliHome, login: object): void {
	mkdirSync(kept, { recursive: true, mode: 0o700 });
	writeFileSync(join(kept, "config.json"), JSON.stringify(login), { mode: 0o600 });
}
