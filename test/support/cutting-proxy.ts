import { connect, createServer, type Socket } from "node:net";

/** After so many bytes the connection is cut: of what goes to the server, or of what it answers. */
export type Cut = { request?: number; answer?: number };

/** What stands between a client and a server and does it harm. */
export type CuttingProxy = {
	address: string;
	/** Connections that were cut. */
	cuts: number;
	/** Ends all connections and decides what happens to the next ones, one each; nothing once there are no more. */
	plan(...cuts: Cut[]): void;
};

/** Runs `use` with a proxy before a port of this machine. */
export async function withProxy(port: number, use: (proxy: CuttingProxy) => Promise<void>): Promise<void> {
	const open = new Set<Socket>();
	let planned: Cut[] = [];
	const proxy: CuttingProxy = {
		address: "",
		cuts: 0,
		plan(...cuts) {
			planned = cuts;
			for (const socket of open) socket.destroy();
		},
	};
	const server = createServer((client) => {
		const { request = Number.POSITIVE_INFINITY, answer = Number.POSITIVE_INFINITY } = planned.shift() ?? {};
		const upstream = connect(port, "127.0.0.1");
		const end = () => {
			client.destroy();
			upstream.destroy();
		};
		for (const socket of [client, upstream]) {
			open.add(socket);
			socket.on("error", end);
			socket.on("close", () => {
				open.delete(socket);
				end();
			});
		}
		pass(client, upstream, request, () => cut(proxy, end));
		pass(upstream, client, answer, () => cut(proxy, end));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const place = server.address();
	if (place === null || typeof place === "string") throw new Error("the proxy has no port");
	proxy.address = `http://127.0.0.1:${place.port}`;
	try {
		await use(proxy);
	} finally {
		proxy.plan();
		server.close();
	}
}

function cut(proxy: CuttingProxy, end: () => void): void {
	proxy.cuts++;
	end();
}

function pass(from: Socket, to: Socket, most: number, cutOff: () => void): void {
	let passed = 0;
	from.on("data", (bytes: Buffer) => {
		to.write(bytes.subarray(0, most - passed));
		passed += bytes.length;
		if (passed > most) cutOff();
	});
}
