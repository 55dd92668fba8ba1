import { expect, test } from "bun:test";
import { nameSystem } from "../../src/account/machine.ts";

test("a system is called as people call it, one that is not known as it calls itself", () => {
	expect(["darwin", "linux", "win32", "plan9", "constructor"].map(nameSystem)).toEqual([
		"macOS",
		"Linux",
		"Windows",
		"plan9",
		"constructor",
	]);
});
