import { connect } from "node:net";
import type { App } from "../../src/web/site.ts";

/** A site that listens on this machine. */
export async function listening<Result>(app: App, use: (port: number) => Promise<Result>): Promise<Result> {
	const server = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		development: false,
		fetch: (request) => app.handle(request, "127.0.0.1"),
	});
	try {
		return await use(server.port ?? 0);
	} finally {
		await server.stop(true);
	}
}

/**
 * Sends bytes as they are, and gives back all that comes until the other side ends.
 *
 * @param lines of the head, without the last empty one
 */
export function sendRaw(port: number, lines: readonly string[], body = ""): Promise<string> {
	return new Promise((resolve, reject) => {
		let said = "";
		const socket = connect(port, "127.0.0.1", () => {
			socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1"));
		});
		socket.setEncoding("latin1");
		socket.on("data", (text) => {
			said += text;
		});
		socket.on("error", (error: NodeJS.ErrnoException) => {
			// Who sends what cannot be understood may be cut off.
			if (["ECONNRESET", "EPIPE"].includes(error.code ?? "")) resolve(said);
			else reject(error);
		});
		socket.on("close", () => resolve(said));
	});
}
