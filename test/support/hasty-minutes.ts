/** Loaded before the program, this makes its minutes short: what it does each minute it does many times a second. */
const MINUTE = 60_000;
const HASTY = 50;

const { setInterval: start } = globalThis;

function startHastily(...[work, ms, ...rest]: Parameters<typeof start>): ReturnType<typeof start> {
	return start(work, ms === MINUTE ? HASTY : ms, ...rest);
}

globalThis.setInterval = Object.assign(startHastily, start);
