import { ZoneClock } from "../../src/usage/day.ts";
import { date } from "../parts/days.ts";

/** Writes moments of a session: with their day where it lasted longer than one. */
export class Moments {
	readonly #clock: ZoneClock;
	readonly #hasDays: boolean;

	constructor(zone: string, firstAt: number, lastAt: number) {
		this.#clock = new ZoneClock(zone);
		this.#hasDays = this.dayOf(firstAt) !== this.dayOf(lastAt);
	}

	dayOf(at: number): number {
		return this.#clock.dayAt(at);
	}

	/** Ms since midnight by the local clock. */
	sinceMidnight(at: number): number {
		return this.#local(at) - this.dayOf(at) * 86_400_000;
	}

	/** `09:20` */
	minute(at: number): string {
		return this.#iso(at).slice(11, 16);
	}

	/** `10:55:35`, `24 Nov, 10:55:35` */
	second(at: number): string {
		const time = this.#iso(at).slice(11, 19);
		return this.#hasDays ? `${date(this.dayOf(at))}, ${time}` : time;
	}

	#local(at: number): number {
		return at + this.#clock.spanAt(at).offset;
	}

	#iso(at: number): string {
		return new Date(this.#local(at)).toISOString();
	}
}
