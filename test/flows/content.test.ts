import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { withRecordingServer } from "../support/recording-server.ts";
import { inHome } from "../support/run-cli.ts";
import { assistantLine } from "../support/transcript.ts";
import { KEY, withServer } from "../support/usage-server.ts";

setDefaultTimeout(60_000);

/** What a person or the model said; it stands nowhere but in transcripts. */
const SAID = "xyzzy-said";
const OUTPUTS = [
	["collect"],
	["collect", "--full", "--json"],
	["report", "session"],
	["report", "project", "--json"],
	["report", "branch", "--json"],
	["status", "--json"],
	[],
];

/** Every kind of line that carries content, also such as cannot be counted. */
function tellingLines(): string[] {
	const content = [
		{ type: "thinking", thinking: SAID, signature: SAID },
		{ type: "text", text: `"usage":{"output_tokens":7} ${SAID}` },
		{
			type: "tool_use",
			id: `toolu_${SAID}`,
			name: SAID,
			input: { file_path: `/${SAID}`, usage: { note: SAID } },
		},
	];
	const usage = { output_tokens: 20, note: SAID };
	const told = {
		usage,
		message: { content, stop_reason: SAID },
		line: { slug: SAID, note: { [SAID]: SAID } },
	};
	return [
		assistantLine({ id: "msg_said_1", requestId: "req_said_1", ...told }),
		assistantLine({ id: "msg_said_2", requestId: "req_said_2", ...told }).replace('"role":', '"role": '),
		assistantLine({ id: "msg_said_3", requestId: "req_said_3", ...told }).slice(0, -1),
		assistantLine({ id: "msg_said_4", ...told, line: { timestamp: SAID } }),
		assistantLine({ id: "msg_said_5", ...told, line: { sessionId: `${SAID} ?` } }),
		JSON.stringify({ type: "user", message: { content: SAID }, toolUseResult: { usage, stdout: SAID } }),
		JSON.stringify({ type: "summary", summary: SAID, usage: {} }),
		JSON.stringify({ type: "custom-title", customTitle: SAID, usage: {} }),
	];
}

test("nothing that was said stands in what is kept, in what is sent or in what is printed", async () => {
	await withServer(async (server) => {
		await inHome({ [MAIN]: [answer(1), ...tellingLines()] }, async ({ cli, kept, projects }) => {
			const env = { PROMPTPULSE_SERVER: server.address, PROMPTPULSE_API_KEY: KEY };
			for (const words of OUTPUTS) {
				const { code, out, err } = await cli(words, { env });
				expect(code).toBe(0);
				expect(out + err).not.toContain(SAID);
			}
			// An unfinished line is held by nobody either.
			appendFileSync(join(projects, MAIN), tellingLines().join("\n"));
			await cli(["collect"], { env });
			expect(server.received.flatMap(({ events }) => events)).toHaveLength(3);
			for (const { json } of server.received) expect(json).not.toContain(SAID);
			for (const name of readdirSync(kept)) {
				expect(readFileSync(join(kept, name)).includes(SAID)).toBe(false);
			}
		});
	});
});

test("nor does it leave in totals, in what a dry run prints, or beside rules for projects", async () => {
	await withRecordingServer(async ({ env, recorded }) => {
		await inHome({ [MAIN]: [answer(1), ...tellingLines()] }, async ({ cli }) => {
			await cli(["config", "project", "/home/dev/app", "--alias", "shop"]);
			for (const kind of ["daily", "session", "blocks", "all"]) {
				for (const words of [
					["collect", "-g", kind, "--dry-run"],
					["collect", "-g", kind, "--dry-run", "--json"],
					["collect", "-g", kind],
				]) {
					const { code, out, err } = await cli(words, { env });
					expect(code).toBe(0);
					expect(out + err).not.toContain(SAID);
				}
			}
			expect(recorded.filter(({ path }) => path.startsWith("/api/usage/"))).toHaveLength(4);
			for (const { body } of recorded) expect(body).not.toContain(SAID);
		});
	});
});
