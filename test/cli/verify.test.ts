import { expect, setDefaultTimeout, test } from "bun:test";
import { answer, MAIN } from "../support/answers.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import { withServer } from "../support/usage-server.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TRANSCRIPTS = {
	[MAIN]: [0, 1, 2].map((n) => answer(n, { timestamp: `2026-03-0${n + 2}T10:00:00.000Z` })),
};

/** A home with three days of transcripts, and a server that its usage was sent to. */
async function sent(
	use: (home: CliHome, server: ServedServer, env: Record<string, string>) => Promise<void>,
): Promise<void> {
	const served = await serveServer();
	try {
		const { keys } = await served.server.join("alice");
		await inHome(TRANSCRIPTS, async (home) => {
			const env = { PROMPTPULSE_SERVER: served.origin, PROMPTPULSE_API_KEY: keys.ingest };
			expect(await home.cli(["collect"], { env })).toMatchObject({ code: 0, err: "" });
			await use(home, served, env);
		});
	} finally {
		await served.stop();
	}
}

test("verify says that the server has everything, and ends well", async () => {
	await sent(async ({ cli }, { port }, env) => {
		expect(await cli(["verify"], { env })).toEqual({
			code: 0,
			out: `127.0.0.1:${port} has all it was sent: 3 responses of 3 days.\n`,
			err: "",
		});
	});
});

test("verify names the days that differ, ends with 9 and says what to do, which mends them", async () => {
	await sent(async ({ cli }, { server, port }, env) => {
		await server.db.run("delete from events where at < ?", [Date.UTC(2026, 2, 3)]);
		await server.db.run("update events set output = 1 where at > ?", [Date.UTC(2026, 2, 4)]);
		expect(await cli(["verify"], { env })).toEqual({
			code: 9,
			out: `On 2 days (UTC) 127.0.0.1:${port} does not have what it was sent:
  2026-03-02  1 response missing
  2026-03-04  1 response counted lower or later
Run promptpulse collect --resend, then promptpulse verify again.
`,
			err: "",
		});
		const told = await cli(["verify", "--json"], { env });
		expect(told).toMatchObject({ code: 9, err: "" });
		expect(JSON.parse(told.out)).toEqual({
			server: `127.0.0.1:${port}`,
			days: 3,
			responses: 3,
			known: 0,
			unsent: 0,
			setAside: 0,
			expired: 0,
			totals: 0,
			differences: [
				{ day: "2026-03-02", missing: 1, less: 0, other: 0 },
				{ day: "2026-03-04", missing: 0, less: 1, other: 0 },
			],
		});
		expect((await cli(["collect", "--resend"], { env })).code).toBe(0);
		expect((await cli(["verify"], { env })).code).toBe(0);
	});
});

test("verify says of what counts more there that it cannot be mended from here", async () => {
	await sent(async ({ cli }, { server }, env) => {
		await server.db.run("update events set output = 900 where at < ?", [Date.UTC(2026, 2, 3)]);
		const { code, out } = await cli(["verify"], { env });
		expect(code).toBe(9);
		expect(out).toContain(
			"  2026-03-02  1 response not the same\nWhat is not the same there cannot be mended",
		);
		expect(out).not.toContain("--resend");
	});
});

test("verify collects and sends nothing", async () => {
	await inHome(TRANSCRIPTS, async ({ cli }) => {
		const { server, origin, port, stop } = await serveServer();
		try {
			const { keys } = await server.join("alice");
			const env = { PROMPTPULSE_SERVER: origin, PROMPTPULSE_API_KEY: keys.ingest };
			const nothing = `Nothing has been sent to 127.0.0.1:${port} that could be compared.\n`;
			expect(await cli(["verify"], { env })).toEqual({ code: 0, out: nothing, err: "" });
			await cli(["collect", "--no-push"], { env });
			expect(await cli(["verify"], { env })).toEqual({
				code: 0,
				out: `${nothing}3 responses have not been sent yet: promptpulse collect does it.\n`,
				err: "",
			});
			expect(await server.db.all("select key from events")).toEqual([]);
		} finally {
			await stop();
		}
	});
});

test("verify ends with what is wrong where there is nothing to compare with", async () => {
	await sent(async ({ cli, kept }, _server, env) => {
		expect(await cli(["verify"])).toEqual({
			code: 3,
			out: "",
			err: "There is nothing to compare with: this machine sends its usage to no server, or has no key for it.\nRun promptpulse login.\n",
		});
		const wrong = { ...env, PROMPTPULSE_API_KEY: "pp_ing_no-such-key" };
		expect(await cli(["verify"], { env: wrong })).toMatchObject({ code: 3, out: "" });
		await inOtherProcess("lock", `${kept}/collect.lock`, async () => {
			expect(await cli(["verify"], { env })).toMatchObject({ code: 8, out: "" });
		});
	});
});

test("verify ends with 4 where something else than the server answers", async () => {
	await sent(async ({ cli }, _server, env) => {
		await withServer(async (server) => {
			server.behaviour = () => new Response("<html>Welcome</html>");
			const elsewhere = { ...env, PROMPTPULSE_SERVER: server.address };
			const { code, out, err } = await cli(["verify"], { env: elsewhere });
			expect({ code, out }).toEqual({ code: 4, out: "" });
			expect(err).toContain("Nothing was changed. Try again later.");
		});
	});
});
