import { describe, expect, test } from "bun:test";
import { clientAddress, originOf, parseProxies, placeOf } from "../../src/web/gates/proxies.ts";

function requestWith(headers: Record<string, string>): Request {
	return new Request("http://internal:3000/", { headers });
}

describe("where a request comes from", () => {
	const none = { publicUrl: undefined, trusted: parseProxies(undefined) };
	const trusted = { publicUrl: undefined, trusted: parseProxies("127.0.0.1, 10.0.0.0/8, ::1") };

	test.each([
		["x-forwarded-for", "127.0.0.1"],
		["x-real-ip", "127.0.0.1"],
		["forwarded", "for=127.0.0.1"],
	])("is what the socket says, whatever %s says, where no proxy is trusted", (name, value) => {
		expect(clientAddress(requestWith({ [name]: value }), "203.0.113.9", none)).toBe("203.0.113.9");
		expect(clientAddress(requestWith({ [name]: value }), "203.0.113.9", trusted)).toBe("203.0.113.9");
	});

	test.each([
		["198.51.100.7", "198.51.100.7"],
		["198.51.100.7, 10.1.2.3", "198.51.100.7"],
		["127.0.0.1, 198.51.100.7", "198.51.100.7"],
		["2001:db8::7", "2001:db8::7"],
		["10.9.9.9", "10.9.9.9"],
		["", "127.0.0.1"],
		["nonsense", "127.0.0.1"],
		["198.51.100.7, nonsense", "127.0.0.1"],
	])("is what trusted proxies say, from the nearest on: %j is %s", (said, address) => {
		expect(clientAddress(requestWith({ "x-forwarded-for": said }), "127.0.0.1", trusted)).toBe(address);
		expect(clientAddress(requestWith({ "x-forwarded-for": said }), "::ffff:127.0.0.1", trusted)).toBe(
			address,
		);
	});

	test.each(["localhost", "10.0.0.0/33", "10.0.0", "::/129", "10.0.0.0/x", "/8", "10.0.0.0/8/9"])(
		"cannot be told by a proxy called %j",
		(text) => {
			expect(() => parseProxies(`127.0.0.1,${text}`)).toThrow(/TRUSTED_PROXIES/);
		},
	);
});

describe("limits are kept", () => {
	test.each([
		["203.0.113.9", "203.0.113.9"],
		["2001:db8:1:2::7", "2001:db8:1:2::/64"],
		["2001:DB8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"],
		["2001:0db8::1:2:3:4", "2001:db8:0:0::/64"],
		["2001:db8:1::", "2001:db8:1:0::/64"],
		["::1", "0:0:0:0::/64"],
		["fe80::1%eth0", "fe80:0:0:0::/64"],
	])("for an IPv4 address, and the network of an IPv6 one: for %s by %s", (address, place) => {
		expect(placeOf(address)).toBe(place);
	});
});

describe("the origin that people see", () => {
	const trusted = parseProxies("127.0.0.1");
	const url = new URL("http://usage.example.com/");

	test("is the one that was set", () => {
		const proxies = { publicUrl: "https://usage.example.com", trusted };
		expect(originOf(requestWith({}), "203.0.113.9", new URL("http://evil.example/"), proxies)).toBe(
			"https://usage.example.com",
		);
	});

	test("is secure where a trusted proxy says so, and nobody else", () => {
		const proxies = { publicUrl: undefined, trusted };
		const request = requestWith({ "x-forwarded-proto": "https" });
		expect(originOf(request, "127.0.0.1", url, proxies)).toBe("https://usage.example.com");
		expect(originOf(request, "203.0.113.9", url, proxies)).toBe("http://usage.example.com");
		expect(originOf(requestWith({}), "127.0.0.1", url, proxies)).toBe("http://usage.example.com");
	});
});
