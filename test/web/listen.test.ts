import { afterAll, beforeAll, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { listen } from "../../src/web/listen.ts";
import { ListeningServer } from "../support/listening-server.ts";
import { sendRaw } from "../support/raw-request.ts";

let serving: ListeningServer;

beforeAll(async () => {
	serving = await ListeningServer.startFor(1);
});

afterAll(() => serving.stop());

test.each(["u", "ab", "abc", "usage", "usage.example.com:8080", "[::1]:3000"])(
	"under the name %s every address is found",
	async (host) => {
		for (const path of ["/livez", "/login", "/api/auth/validate"]) {
			const answer = await sendRaw(serving.listening.port, [
				`GET ${path} HTTP/1.1`,
				`Host: ${host}`,
				`X-API-Key: ${serving.uploader(0).key}`,
				"Connection: close",
			]);
			expect(answer).toStartWith("HTTP/1.1 200 ");
		}
		const key = `X-API-Key: ${serving.uploader(0).key}`;
		const type = "Content-Type: application/json";
		const head = ["POST /api/usage/events HTTP/1.1", `Host: ${host}`, key, type, "Content-Length: 2"];
		const refused = await sendRaw(serving.listening.port, [...head, "Connection: close"], "{}");
		expect(refused).toStartWith("HTTP/1.1 422 ");
	},
);

test("a port that is taken is no place to listen, and that is said", () => {
	const { port } = serving.listening;
	const again = () => listen(serving.server.server, { host: "127.0.0.1", port });
	expect(again).toThrow(AppError);
	expect(again).toThrow(`127.0.0.1:${port} cannot be listened on`);
});

test("a server that stopped answers nobody, and can be told to stop once more", async () => {
	const other = await ListeningServer.startFor(0);
	const pulse = `${other.address}/livez`;
	expect((await fetch(pulse)).status).toBe(200);
	await other.listening.stop();
	expect(await fetch(pulse).catch(() => "refused")).toBe("refused");
	await other.stop();
});
