import { afterAll, expect, test } from "bun:test";
import { resetSync } from "@logtape/logtape";
import { mintKey } from "../src/account/api-key.ts";
import { type Level, openLog } from "../src/log.ts";

afterAll(resetSync);

function logOf(level: Level, isForPeople = false) {
	const lines: string[] = [];
	return { log: openLog({ level, isForPeople, write: (text) => void lines.push(text) }), lines };
}

test("an event is a line of JSON with its fields", () => {
	const { log, lines } = logOf("info");
	log.info("request", { status: 200, route: "/api/machines/:id", user: undefined, isLate: false });
	expect(lines).toHaveLength(1);
	expect(JSON.parse(lines[0] ?? "")).toMatchObject({
		level: "INFO",
		message: "request",
		status: 200,
		route: "/api/machines/:id",
		isLate: false,
	});
	expect(lines[0]).toEndWith("}\n");
});

test.each([
	["error", 1],
	["warn", 2],
	["info", 3],
	["debug", 4],
] as const)("at level %s as much is told as was asked for", (level, count) => {
	const { log, lines } = logOf(level);
	for (const one of ["error", "warn", "info", "debug"] as const) log[one]("event");
	expect(lines).toHaveLength(count);
});

test.each([false, true])("secrets do not get into it, for people: %p", (isForPeople) => {
	const { log, lines } = logOf("debug", isForPeople);
	const key = mintKey("ingest");
	const code = "a1B2".repeat(6);
	log.error(`failed for ${key}`, {
		a: `X-API-Key: ${key}`,
		b: `/setup/${code}`,
		c: `/join/${code}?x=1`,
		d: `promptpulse-session=${code}${code}`,
		e: "sqlitecloud://host:8860/db?apikey=hunter2",
		f: "https://ada:hunter2@example.com/",
	});
	const text = lines.join("");
	expect(text).not.toContain(key);
	expect(text).not.toContain(code);
	expect(text).not.toContain("hunter2");
	expect(text).toContain("example.com");
});

test("nothing that comes in begins a line of its own or obeys a terminal", () => {
	const { log, lines } = logOf("info");
	log.info("request {status} { }", { user: 'x"\n{"level":"ERROR"}\u001b[31m\u202e' });
	expect(lines.join("").split("\n")).toHaveLength(2);
	const event = JSON.parse(lines[0] ?? "");
	expect(event.level).toBe("INFO");
	expect(event.message).toBe("request {status} { }");
	expect(event.user).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
