/** Loaded before the program, this lets it meet an error that nobody foresaw: where `CRASH_AT` says, with `CRASH_WITH`. */
const { CRASH_AT, CRASH_WITH = "" } = process.env;

const fail = () => {
	throw new Error(CRASH_WITH);
};

if (CRASH_AT === "command") Temporal.Now.timeZoneId = fail;
if (CRASH_AT === "timer") Temporal.Now.timeZoneId = () => later(fail);
if (CRASH_AT === "promise") Temporal.Now.timeZoneId = () => later(() => Promise.reject(CRASH_WITH));

function later(work: () => unknown): string {
	setTimeout(work, 0);
	return "UTC";
}
