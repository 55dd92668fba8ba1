import { describe, expect, test } from "bun:test";
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { change, copyOf, findHooks, installHooks, removeHooks } from "../../src/schedule/settings-file.ts";
import { inFolder } from "../support/scan.ts";

const COMMAND = "promptpulse collect --detach --debounce 60s";
const OWN = '{\n\t"model": "opus",\n\t"hooks": { "Stop": [] }\n}\n';

function inSettings(use: (path: string, folder: string) => void): Promise<void> {
	return inFolder(async (folder) => use(join(folder, "settings.json"), folder));
}

function errorOf(act: () => unknown): AppError {
	try {
		act();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("nothing was refused");
}

describe("Claude Code's settings", () => {
	test("are kept as they were in a copy, which is put back when the hooks go", async () => {
		await inSettings((path, folder) => {
			writeFileSync(path, OWN, { mode: 0o644 });
			expect(installHooks(path, COMMAND)).toBe("changed");
			expect(readFileSync(copyOf(path), "utf8")).toBe(OWN);
			expect(Object.values(findHooks(path, COMMAND) ?? {})).toEqual([[COMMAND], [COMMAND]]);
			if (process.platform !== "win32") {
				expect(statSync(copyOf(path)).mode & 0o777).toBe(0o600);
				expect(statSync(path).mode & 0o777).toBe(0o644);
			}
			expect(installHooks(path, COMMAND)).toBe("none");
			expect(removeHooks(path, COMMAND)).toBe("restored");
			expect(readFileSync(path, "utf8")).toBe(OWN);
			expect(readdirSync(folder)).toEqual(["settings.json"]);
			expect(removeHooks(path, COMMAND)).toBe("none");
		});
	});

	test("keep what was changed in them meanwhile when the hooks go", async () => {
		await inSettings((path, folder) => {
			writeFileSync(path, OWN);
			installHooks(path, COMMAND);
			writeFileSync(path, readFileSync(path, "utf8").replace("opus", "haiku"));
			expect(removeHooks(path, COMMAND)).toBe("changed");
			expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ model: "haiku" });
			expect(readdirSync(folder)).toEqual(["settings.json"]);
		});
	});

	test("are copied anew when the hooks have been away, and not when they only change", async () => {
		await inSettings((path) => {
			writeFileSync(path, OWN);
			installHooks(path, COMMAND);
			installHooks(path, `/new/${COMMAND}`);
			expect(readFileSync(copyOf(path), "utf8")).toBe(OWN);
			writeFileSync(path, '{"later": true}');
			installHooks(path, COMMAND);
			expect(readFileSync(copyOf(path), "utf8")).toBe('{"later": true}');
		});
	});

	test("that were not there are made, and are gone again afterwards", async () => {
		await inSettings((path, folder) => {
			expect(findHooks(path, COMMAND)).toBeUndefined();
			expect(removeHooks(path, COMMAND)).toBe("none");
			expect(installHooks(path, COMMAND)).toBe("made");
			expect(readdirSync(folder)).toEqual(["settings.json"]);
			expect(removeHooks(path, COMMAND)).toBe("deleted");
			expect(readdirSync(folder)).toEqual([]);
		});
	});

	test("with a byte order mark keep it", async () => {
		await inSettings((path) => {
			writeFileSync(path, `\ufeff${OWN}`);
			installHooks(path, COMMAND);
			expect(readFileSync(path, "utf8")).toStartWith('\ufeff{\n\t"model"');
			expect(removeHooks(path, COMMAND)).toBe("restored");
			expect(readFileSync(path, "utf8")).toBe(`\ufeff${OWN}`);
		});
	});

	test.skipIf(process.platform === "win32")(
		"that a link leads to are changed where they are, and the link stays",
		async () => {
			await inSettings((path, folder) => {
				const dotfiles = join(folder, "dotfiles");
				mkdirSync(dotfiles);
				writeFileSync(join(dotfiles, "claude.json"), OWN);
				symlinkSync("dotfiles/claude.json", path);
				installHooks(path, COMMAND);
				expect(readlinkSync(path)).toBe("dotfiles/claude.json");
				expect(readFileSync(join(dotfiles, "claude.json"), "utf8")).toContain(COMMAND);
				expect(readdirSync(dotfiles)).toEqual(["claude.json"]);
				expect(removeHooks(path, COMMAND)).toBe("restored");
				expect(readFileSync(join(dotfiles, "claude.json"), "utf8")).toBe(OWN);
				expect(readlinkSync(path)).toBe("dotfiles/claude.json");
			});
		},
	);
});

describe("what another program writes at the same moment", () => {
	const add = (text = "{}") => ({
		next: JSON.stringify({ ...JSON.parse(text), own: 1 }),
		kind: "changed" as const,
	});

	test("is read again, and is in what is written", async () => {
		await inSettings((path, folder) => {
			writeFileSync(path, "{}");
			let tries = 0;
			change(path, (text) => {
				if (tries++ < 3) writeFileSync(path, JSON.stringify({ others: tries }));
				return add(text);
			});
			expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ others: 3, own: 1 });
			expect(readdirSync(folder)).toEqual(["settings.json"]);
		});
	});

	test("where nothing was is not written over", async () => {
		await inSettings((path) => {
			let tries = 0;
			change(path, (text) => {
				if (tries++ === 0) writeFileSync(path, '{"others": 1}');
				return add(text);
			});
			expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ others: 1, own: 1 });
		});
	});

	test("may also be that it deletes them", async () => {
		await inSettings((path) => {
			writeFileSync(path, '{"others": 1}');
			let tries = 0;
			change(path, (text) => {
				if (tries++ === 0) rmSync(path);
				return add(text);
			});
			expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ own: 1 });
		});
	});

	test("again and again is left alone", async () => {
		await inSettings((path, folder) => {
			writeFileSync(path, "{}");
			let tries = 0;
			const error = errorOf(() =>
				change(path, (text) => {
					writeFileSync(path, JSON.stringify({ others: tries++ }));
					return add(text);
				}),
			);
			expect(error.message).toContain("again and again");
			expect(readFileSync(path, "utf8")).toBe(`{"others":${tries - 1}}`);
			expect(readdirSync(folder)).toEqual(["settings.json"]);
		});
	});
});

describe("refused, and left as they are, are settings", () => {
	const refused = (path: string) => {
		const error = errorOf(() => installHooks(path, COMMAND));
		expect(error).toMatchObject({ code: "invalid_config", hint: expect.stringContaining("--print") });
		expect(error.message).toStartWith(path);
		expect(errorOf(() => removeHooks(path, COMMAND)).message).toBe(error.message);
		return error.message;
	};

	test.each([
		["with comments", "{\n  // mine\n}\n", "is not valid JSON"],
		["cut off", '{"a": ', "is not valid JSON"],
		["of another form", '{"hooks": "none"}', 'something else under "hooks"'],
		["of other bytes", Buffer.from([0x7b, 0xff, 0x7d]), "is not valid UTF-8"],
	])("%s", async (_what, text, why) => {
		await inSettings((path, folder) => {
			writeFileSync(path, text);
			expect(refused(path)).toContain(why);
			expect(readFileSync(path)).toEqual(Buffer.from(text));
			expect(readdirSync(folder)).toEqual(["settings.json"]);
		});
	});

	test("that are a folder", async () => {
		await inSettings((path) => {
			mkdirSync(path);
			expect(refused(path)).toContain("is no file");
		});
	});

	test.skipIf(process.platform === "win32")("that a link leads to nothing for", async () => {
		await inSettings((path) => {
			symlinkSync("gone.json", path);
			expect(refused(path)).toContain("cannot be read or written");
			expect(existsSync(path)).toBe(false);
		});
	});

	if (process.getuid?.() === 0) {
		test("of another user", async () => {
			await inSettings((path) => {
				writeFileSync(path, OWN);
				chownSync(path, 12_345, 12_345);
				expect(refused(path)).toContain("belongs to another user of this machine (number 12345)");
				expect(readFileSync(path, "utf8")).toBe(OWN);
				chmodSync(path, 0o644);
			});
		});
	}
});
