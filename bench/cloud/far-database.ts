import { join } from "node:path";

type Told = { url: string; roundTrips: number };

/** A SQLite Cloud server in a process of its own: a server far away computes beside the one that asks it. */
export class FarDatabase {
	readonly #child: Bun.Subprocess;
	#waiting: ((told: Told) => void) | undefined;
	#url = "";

	private constructor(path: string) {
		const program = join(import.meta.dir, "..", "programs", "cloud-server.ts");
		this.#child = Bun.spawn([process.execPath, program, path], {
			stdio: ["ignore", "inherit", "inherit"],
			ipc: (told: Told) => this.#waiting?.(told),
		});
	}

	/** @param path of the SQLite file */
	static async start(path: string): Promise<FarDatabase> {
		const far = new FarDatabase(path);
		far.#url = (await far.#next()).url;
		return far;
	}

	get url(): string {
		return this.#url;
	}

	/** Puts so many ms before each reply from now on. */
	async delay(ms: number): Promise<void> {
		await this.#ask(ms);
	}

	/** How many requests it answered since the last time. */
	async takeTrips(): Promise<number> {
		return (await this.#ask(null)).roundTrips;
	}

	async stop(): Promise<void> {
		this.#child.kill();
		await this.#child.exited;
	}

	#ask(delayMs: number | null): Promise<Told> {
		const told = this.#next();
		this.#child.send(delayMs);
		return told;
	}

	#next(): Promise<Told> {
		return new Promise((resolve) => {
			this.#waiting = resolve;
		});
	}
}
