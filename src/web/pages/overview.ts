import { html } from "@elysiajs/html";
import { Elysia } from "elysia";
import { EmptyPage, OverviewPage } from "../../../views/overview.tsx";
import type { SourceOf } from "../app.ts";
import { shellOf } from "../shell.ts";
import { readOverview } from "./overview-data.ts";

/** How many projects, models, machines and sessions a panel has room for. */
const LISTED = 5;

/** `GET /`: the overview, or what to do where nothing was ever used. */
export function overviewPage(sourceOf: SourceOf, now: () => number) {
	return new Elysia({ name: "pages/overview" })
		.use(html({ autoDetect: false, contentType: "text/html; charset=utf-8" }))
		.get("/", async ({ html, request }) => {
			const source = sourceOf(request);
			const shell = shellOf(request, source, "Overview", now());
			const parameters = new URL(request.url).searchParams;
			const data = await readOverview(source, parameters, now(), LISTED);
			if (data.known.models.length === 0) return html(EmptyPage({ shell, looked: [...source.looked] }));
			return html(OverviewPage({ shell, ...data }));
		});
}
