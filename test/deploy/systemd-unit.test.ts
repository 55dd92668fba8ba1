import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listSettings } from "../../src/config.ts";
import { inFolder } from "../support/scan.ts";

const UNIT = readFileSync(join(import.meta.dir, "../../deploy/promptpulse.service"), "utf8");
const PROGRAM = "/usr/local/bin/promptpulse";
const SYSTEMD_ANALYZE = Bun.which("systemd-analyze");

/** What each section says, in order. */
function readUnit(text: string): Map<string, [name: string, value: string][]> {
	const sections = new Map<string, [string, string][]>();
	let section: [string, string][] | undefined;
	for (const line of text.split("\n")) {
		if (line === "" || line.startsWith("#")) continue;
		const [, title] = /^\[(\w+)\]$/.exec(line) ?? [];
		const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
		if (title !== undefined) {
			section = [];
			sections.set(title, section);
		} else if (section && name !== "") section.push([name, value]);
		else throw new Error(`systemd would not understand: ${line}`);
	}
	return sections;
}

const sections = readUnit(UNIT);
const service = sections.get("Service") ?? [];
const all = (name: string) => service.filter(([key]) => key === name).map(([, value]) => value);

describe("the unit of systemd", () => {
	test("runs the server as nobody in particular, and keeps its ledger for it", () => {
		expect([...sections.keys()]).toEqual(["Unit", "Service", "Install"]);
		expect(all("ExecStart")).toEqual([`${PROGRAM} serve`]);
		expect(all("DynamicUser")).toEqual(["yes"]);
		expect(all("StateDirectory")).toEqual(["promptpulse"]);
		expect(all("StateDirectoryMode")).toEqual(["0700"]);
		expect(sections.get("Install")).toEqual([["WantedBy", "multi-user.target"]]);
	});

	test("sets what the program reads, below its own folder, and leaves secrets to a file of root's", () => {
		const known = listSettings(() => undefined, {}).map(({ variable }) => variable);
		for (const text of all("Environment")) {
			const [name = "", value = ""] = text.split("=");
			expect([...known, "SQLITE_TMPDIR"]).toContain(name);
			expect(value).toStartWith("/var/lib/promptpulse");
		}
		expect(all("EnvironmentFile")).toEqual(["-/etc/promptpulse/environment"]);
	});

	test("tries again after a fault, but not after a wrong setting, and gives it time to stop", () => {
		expect(all("Restart")).toEqual(["on-failure"]);
		expect(all("RestartPreventExitStatus")).toEqual(["7"]);
		expect(Number(all("TimeoutStopSec")[0])).toBeGreaterThan(15);
		// A check of its own before the start would not heed that.
		expect(all("ExecStartPre")).toEqual([]);
	});

	test.each([
		["NoNewPrivileges", "yes"],
		["CapabilityBoundingSet", ""],
		["AmbientCapabilities", ""],
		["ProtectSystem", "strict"],
		["ProtectHome", "yes"],
		["PrivateTmp", "yes"],
		["PrivateDevices", "yes"],
		["PrivateUsers", "yes"],
		["ProtectKernelTunables", "yes"],
		["ProtectKernelModules", "yes"],
		["ProtectKernelLogs", "yes"],
		["ProtectControlGroups", "yes"],
		["ProtectClock", "yes"],
		["ProtectHostname", "yes"],
		["ProtectProc", "invisible"],
		["RestrictNamespaces", "yes"],
		["RestrictSUIDSGID", "yes"],
		["RestrictRealtime", "yes"],
		["LockPersonality", "yes"],
		["SystemCallArchitectures", "native"],
		["UMask", "0077"],
		// The engine makes machine code while it runs.
		["MemoryDenyWriteExecute", "no"],
	])("has %s=%s", (name, value) => {
		expect(all(name)).toEqual([value]);
	});

	test("lets through the calls of a service, without those of an administrator", () => {
		expect(all("SystemCallFilter")).toEqual(["@system-service", "~@privileged @resources"]);
	});
});

// Not every machine has systemd.
describe.skipIf(SYSTEMD_ANALYZE === null)("as systemd itself sees it, the unit", () => {
	const analyze = (...words: string[]) => {
		const { exitCode, stdout, stderr } = Bun.spawnSync([SYSTEMD_ANALYZE ?? "", ...words]);
		return { exitCode, text: `${stdout}${stderr}` };
	};

	test("has nothing wrong", async () => {
		await inFolder(async (folder) => {
			// It looks whether the program is there.
			const program = join(folder, "promptpulse");
			writeFileSync(program, "");
			chmodSync(program, 0o755);
			const unit = join(folder, "promptpulse.service");
			writeFileSync(unit, UNIT.replaceAll(PROGRAM, program));
			const { exitCode, text } = analyze("verify", unit);
			// It also tells what it finds in the machine's own units.
			expect(text.split("\n").filter((line) => line.includes("promptpulse"))).toEqual([]);
			expect(exitCode).toBe(0);
		});
	});

	test("exposes little", async () => {
		await inFolder(async (folder) => {
			const unit = join(folder, "promptpulse.service");
			writeFileSync(unit, UNIT);
			const { exitCode, text } = analyze("security", "--offline=yes", "--threshold=20", unit);
			// Before version 250 it could not look at a file.
			if (/unrecognized option|invalid option/.test(text)) return;
			expect(text).toMatch(/Overall exposure level for promptpulse\.service: [01]\.\d/);
			expect(exitCode).toBe(0);
		});
	});
});
