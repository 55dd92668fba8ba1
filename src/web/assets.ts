import { assets } from "../generated/assets.ts";
import { NOT_FOUND, ProblemError } from "./errors.ts";
import { openRoute, type Route } from "./route.ts";

const A_YEAR = "public, max-age=31536000, immutable";

/** Addresses of a page's files. Each has a hash of its content in it. */
export const ASSET_URLS = {
	css: addressOf("app.css"),
	charts: addressOf("charts.js"),
	htmx: addressOf("htmx.js"),
	font: addressOf("geist.woff2"),
	icon: addressOf("icon.svg"),
};

/** What everyone may have: there is no usage in it. */
export function fileRoutes(): Route[] {
	return [
		openRoute({
			method: "GET",
			path: "/livez",
			text: { summary: "Whether the process answers", types: ["text/plain"] },
			answer: () => new Response("alive"),
		}),
		openRoute({
			method: "GET",
			path: "/assets/:name",
			text: { summary: "A file of the pages" },
			answer({ params, request }) {
				const file = findAsset(params.name ?? "", request);
				if (!file) throw new ProblemError(NOT_FOUND);
				return file;
			},
		}),
	];
}

/** A file of the pages, packed as the browser likes it; undefined where there is none. It never changes. */
function findAsset(name: string, request: Request): Response | undefined {
	const asset = assets.find((known) => known.address === name);
	if (!asset) return undefined;
	const accepted = request.headers.get("accept-encoding") ?? "";
	const encoding = (["br", "gzip"] as const).find(
		(packed) => asset[packed] !== undefined && new RegExp(`\\b${packed}\\b`).test(accepted),
	);
	const headers = new Headers({
		"content-type": asset.type,
		"cache-control": A_YEAR,
		vary: "accept-encoding",
	});
	if (encoding) headers.set("content-encoding", encoding);
	return new Response(Bun.file((encoding && asset[encoding]) ?? asset.file), { headers });
}

function addressOf(name: string): string {
	const asset = assets.find((known) => known.name === name);
	return `/assets/${asset?.address ?? name}`;
}
