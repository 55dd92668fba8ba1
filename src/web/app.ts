import { Elysia } from "elysia";
import { MessagePage } from "../../views/message.tsx";
import { overviewApi } from "./api/overview.ts";
import { ASSET_URLS, findAsset } from "./assets.ts";
import { NO_ACCESS, NOT_FOUND, NOT_UNDERSTOOD, type Problem, problemOf } from "./errors.ts";
import { refusalOf } from "./gate.ts";
import { withCompression, withHeaders } from "./headers.ts";
import { type LinkAccess, portOf } from "./link-access.ts";
import { choices, seeOther } from "./pages/choices.ts";
import { overviewPage } from "./pages/overview.ts";
import { themeOf } from "./shell.ts";
import type { UsageSource } from "./source.ts";

/** The ledger that a request's pages are made from. */
export type SourceOf = (request: Request) => UsageSource;

export type AppOptions = {
	sourceOf: SourceOf;
	access: LinkAccess;
	/** Epoch ms. */
	now: () => number;
	/** Told of every error that was not expected, whole. */
	report: (error: unknown, requestId: string) => void;
};

/** Answers requests; throws nothing. */
export type App = { handle(request: Request): Promise<Response> };

/** The pages and the API of a machine's own ledger. Every answer goes through the gate and gets its headers. */
export function createApp(options: AppOptions): App {
	const requestIds = new WeakMap<Request, string>();
	const site = createSite(options, (error, request) => options.report(error, requestIds.get(request) ?? ""));
	return {
		async handle(request) {
			const requestId = Bun.randomUUIDv7();
			requestIds.set(request, requestId);
			const refusal = refusalOf(request, options.access);
			const response = refusal ? tell(refusal, request) : await site.handle(request);
			return withHeaders(await withCompression(response, request), requestId);
		},
	};
}

/** What the framework finds wrong by itself. */
const PROBLEMS: Readonly<Record<string | number, Problem>> = { NOT_FOUND, PARSE: NOT_UNDERSTOOD };

/** The map of the site. */
function createSite(
	{ sourceOf, access, now }: AppOptions,
	report: (error: unknown, request: Request) => void,
) {
	return new Elysia()
		.onError(({ error, code, request }) => {
			const problem = PROBLEMS[code] ?? problemOf(error);
			if (problem.status === 500) report(error, request);
			return tell(problem, request);
		})
		.get("/livez", () => "alive")
		.get(
			"/assets/:name",
			({ params, request }) => findAsset(params.name, request) ?? tell(NOT_FOUND, request),
		)
		.get("/open/:token", ({ params, request }) => {
			const cookie = access.exchange(params.token, portOf(new URL(request.url)));
			return cookie ? seeOther("/", cookie) : tell(NO_ACCESS, request);
		})
		.use(overviewPage(sourceOf, now))
		.use(overviewApi(sourceOf, now))
		.use(choices(access));
}

/** A problem as a page, or as JSON under `/api`. */
function tell(problem: Problem, request: Request): Response {
	const { status, code, title, sentence, hint } = problem;
	if (URL.parse(request.url)?.pathname.startsWith("/api/")) {
		return Response.json({ error: `${sentence} ${hint}`, code }, { status });
	}
	const page = MessagePage({ theme: themeOf(request), assets: ASSET_URLS, status, title, sentence, hint });
	return new Response(String(page), { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
