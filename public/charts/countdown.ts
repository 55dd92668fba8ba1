const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const LAST_MS = 10 * MINUTE_MS;

/** How far this machine's clock is behind the server's, in ms, as each countdown told it when it was first seen. */
const behind = new WeakMap<HTMLElement, { told: string; ms: number }>();

/** Counts down what ends: each minute, in the last ten each second. Without it the server's words stand. */
export function watchCountdowns(page: Document): void {
	let next: Timer | undefined;
	const update = () => {
		clearTimeout(next);
		if (page.hidden) return;
		const waits = [...page.querySelectorAll<HTMLElement>("[data-ends]")].map(count);
		if (waits.length > 0) next = setTimeout(update, Math.min(...waits));
	};
	page.addEventListener("DOMContentLoaded", update);
	page.addEventListener("visibilitychange", update);
	page.addEventListener("htmx:after:swap", update);
}

/** Writes what is left of one. Returns in how many ms it changes. */
function count(element: HTMLElement): number {
	const { ends = "", now: told = "" } = element.dataset;
	let clock = behind.get(element);
	if (clock?.told !== told) {
		clock = { told, ms: Number(told) - Date.now() };
		behind.set(element, clock);
	}
	const left = Number(ends) - (Date.now() + clock.ms);
	const words = leftWords(left);
	if (element.textContent !== words) element.textContent = words;
	const step = left > LAST_MS ? MINUTE_MS : SECOND_MS;
	return left <= 0 ? MINUTE_MS : left % step || step;
}

/** `1 h 57 m`, `9 m 42 s`: the same words as `views/blocks/left-words.ts` has. */
export function leftWords(ms: number): string {
	if (ms > LAST_MS) {
		const minutes = Math.ceil(ms / MINUTE_MS);
		return minutes < 60 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
	}
	const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
	return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
