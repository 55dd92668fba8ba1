import { expect, test } from "bun:test";
import { loginCommand } from "../../src/web/people/login-command.ts";

test.each([
	["https://usage.example.com", "--server https://usage.example.com"],
	["http://127.0.0.1:3000", "--server http://127.0.0.1:3000"],
	["http://localhost:3000", "--server http://localhost:3000"],
	["http://usage.lan:3000", "--server http://usage.lan:3000 --insecure"],
	["http://[::1]:3000", "--server 'http://[::1]:3000'"],
	["https://a;$(b)'c", "--server 'https://a;$(b)%27c'"],
])("a machine is logged in at %s with what a shell takes as it is", (origin, flags) => {
	expect(loginCommand(origin)).toBe(`promptpulse login --key-stdin ${flags}`);
	expect(loginCommand(origin, "pk_f1")).toBe(`promptpulse login pk_f1 ${flags}`);
});
