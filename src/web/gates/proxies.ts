import { BlockList, isIP } from "node:net";
import { AppError } from "../../errors.ts";

/** Under which address people see the site, and whose word is taken for where a request came from. */
export type Proxies = {
	/** The site's own origin, where it was set. */
	publicUrl: string | undefined;
	/** Reverse proxies that are believed. */
	trusted: BlockList;
};

/**
 * Reads a list of addresses and networks, such as `127.0.0.1, 10.0.0.0/8, ::1`.
 *
 * @throws AppError `invalid_config`
 */
export function parseProxies(list: string | undefined): BlockList {
	const trusted = new BlockList();
	for (const text of (list ?? "").split(",").map((part) => part.trim())) {
		if (text !== "" && !add(trusted, text)) {
			throw new AppError(
				"invalid_config",
				`In TRUSTED_PROXIES "${text}" is neither an address nor a network.`,
				"Write addresses or networks with commas between them, such as 127.0.0.1, 10.0.0.0/8.",
			);
		}
	}
	return trusted;
}

/** The client's own address. Only a proxy that is trusted may say another one than the socket's. */
export function clientAddress(request: Request, socket: string, { trusted }: Proxies): string {
	const said = (request.headers.get("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
	let address = bare(socket);
	// From the nearest on: what stands before the last proxy that is trusted, anyone may have written.
	while (isIn(trusted, address)) {
		const next = bare(said.pop() ?? "");
		if (isIP(next) === 0) break;
		address = next;
	}
	return address;
}

/** The origin that people see the site under, as far as a trusted proxy or the configuration tells. */
export function originOf(request: Request, socket: string, url: URL, proxies: Proxies): string {
	if (proxies.publicUrl !== undefined) return proxies.publicUrl;
	const isSecure =
		isIn(proxies.trusted, bare(socket)) && request.headers.get("x-forwarded-proto") === "https";
	return isSecure ? `https://${url.host}` : url.origin;
}

/**
 * What limits are kept by: an IPv4 address, or the network of an IPv6 one, of whose addresses anyone has 2^64.
 *
 * @param address as {@link clientAddress} gives it
 */
export function placeOf(address: string): string {
	if (isIP(address) !== 6) return address;
	const [start = "", end] = (address.split("%")[0] ?? "").toLowerCase().split("::");
	const [before, after] = [start, end ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
	const left = before ?? [];
	const missing = end === undefined ? 0 : Math.max(0, 8 - left.length - (after ?? []).length);
	const groups = [...left, ...Array<string>(missing).fill("0"), ...(after ?? [])];
	return `${groups
		.slice(0, 4)
		.map((group) => Number.parseInt(group, 16).toString(16))
		.join(":")}::/64`;
}

function add(list: BlockList, text: string): boolean {
	const [address = "", bits, ...more] = text.split("/");
	if (more.length > 0) return false;
	const version = isIP(address);
	if (version === 0) return false;
	const family = version === 4 ? "ipv4" : "ipv6";
	if (bits === undefined) {
		list.addAddress(address, family);
		return true;
	}
	if (!/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return false;
	list.addSubnet(address, Number(bits), family);
	return true;
}

function isIn(list: BlockList, address: string): boolean {
	const version = isIP(address);
	return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** IPv4 as sockets of both kinds write it is IPv4. */
function bare(address: string): string {
	return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
