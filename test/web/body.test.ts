import { describe, expect, test } from "bun:test";
import { parseJson, readBody, readBytes } from "../../src/web/body.ts";
import { ProblemError, problemOf } from "../../src/web/errors.ts";
import { openRoute, type Route } from "../../src/web/route.ts";
import { tell } from "../../src/web/tell.ts";

function routeAt(path: string): Route {
	return openRoute({ method: "POST", path, text: { summary: "" }, answer: () => new Response() });
}

function post(body: BodyInit, type: string): Request {
	return new Request("http://localhost/", { method: "POST", body, headers: { "content-type": type } });
}

async function statusOf(work: () => unknown): Promise<number> {
	try {
		await work();
		return 200;
	} catch (error) {
		if (error instanceof ProblemError) return error.problem.status;
		throw error;
	}
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("a body", () => {
	test("is JSON everywhere, and a form on a page", async () => {
		expect(await readBody(post('{"a":1}', "application/json"), routeAt("/api/x"))).toEqual({ a: 1 });
		expect(await readBody(post("a=1&b=%26&a=2", "application/x-www-form-urlencoded"), routeAt("/x"))).toEqual(
			Object.assign(Object.create(null), { a: "1", b: "&" }),
		);
	});

	test.each([
		["text/plain", "/api/x"],
		["application/x-www-form-urlencoded", "/api/x"],
		["multipart/form-data; boundary=x", "/x"],
		["", "/x"],
	])("of the type %j is not taken at %s", async (type, path) => {
		expect(await statusOf(() => readBody(post('{"a":1}', type), routeAt(path)))).toBe(415);
	});

	test("is read no further than it may be long, whether its length is told or not", async () => {
		const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) });
		expect(await statusOf(() => readBytes(post(endless, "application/json"), 10_000))).toBe(413);
		expect(await statusOf(() => readBytes(post("x".repeat(10_001), "application/json"), 10_000))).toBe(413);
		expect((await readBytes(post("x".repeat(10_000), "application/json"), 10_000)).length).toBe(10_000);
	});

	test("that comes byte by byte is not waited for, and its connection is closed", async () => {
		const server = Bun.serve({
			hostname: "127.0.0.1",
			port: 0,
			fetch: (request) =>
				readBytes(request, 1_000, 100).then(
					() => new Response(),
					(error) => tell(problemOf(error), request),
				),
		});
		const closed = Promise.withResolvers<void>();
		let answer = "";
		const socket = await Bun.connect({
			hostname: "127.0.0.1",
			port: Number(server.port),
			socket: {
				data(_, bytes) {
					answer += bytes.toString();
				},
				close: () => closed.resolve(),
			},
		});
		socket.write("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
		const trickle = setInterval(() => socket.write("x"), 20);
		await closed.promise;
		clearInterval(trickle);
		expect(answer).toStartWith("HTTP/1.1 408 ");
		expect(answer).toContain('"code":"too_slow"');
		await server.stop(true);
	});
});

describe("JSON", () => {
	test.each([
		["[".repeat(64) + "]".repeat(64), 200],
		["[".repeat(65) + "]".repeat(65), 400],
		["[".repeat(1_000_000), 400],
		['{"a":'.repeat(1_000_000), 400],
		[JSON.stringify(`${'[{"'.repeat(1_000)}\\"`), 200],
		["{", 400],
		["", 400],
		["\u{feff}{}", 200],
		["NaN", 400],
	])("%#: is understood or refused before it takes the stack", async (text, status) => {
		expect(await statusOf(() => parseJson(bytesOf(text)))).toBe(status);
	});

	test("that is no UTF-8 is refused", async () => {
		expect(await statusOf(() => parseJson(new Uint8Array([0x22, 0xff, 0x22])))).toBe(400);
	});

	test("of a prototype stays what it says, and changes nothing else", () => {
		const parsed = parseJson(bytesOf('{"__proto__":{"admin":true},"constructor":1}'));
		expect(Object.keys(parsed as object)).toEqual(["__proto__", "constructor"]);
		expect(Object.hasOwn({}, "admin")).toBe(false);
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});
});
