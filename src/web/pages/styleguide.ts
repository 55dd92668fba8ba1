import { DAY_MS, ZoneClock } from "../../usage/day.ts";
import { OVERVIEW, parseOverviewQuery } from "../../usage/overview-query.ts";
import { View } from "../../usage/view.ts";
import { type Route, route } from "../route.ts";
import { shellOf } from "../shell.ts";
import { page } from "./page.ts";

/** `GET /styleguide`: all parts of the pages, in development alone. It is loaded when somebody asks for it. */
export function styleguide(): Route {
	return route({
		method: "GET",
		path: "/styleguide",
		access: "page",
		text: { summary: "All parts that the pages are made from" },
		async answer(ask, viewer) {
			const { Styleguide } = await import("../../../views/styleguide.tsx");
			const today = new ZoneClock(viewer.source.zone).dayAt(ask.now);
			const query = parseOverviewQuery(ask.url.searchParams, { today, firstDay: today - 400 });
			const machine = { uuid: "00000000-0000-4000-8000-000000000007", label: "ci-runner-02" };
			return page(
				Styleguide({
					shell: shellOf(ask, viewer, "All parts"),
					view: new View({ ...OVERVIEW, path: "/styleguide" }, query),
					known: {
						projects: ["/home/maya/atlas-api", "/home/maya/docs-site"],
						models: ["claude-opus-4-6", "claude-haiku-4-5"],
						machines: [{ ...machine, lastSeen: ask.now - 4 * DAY_MS }],
					},
					today,
					data: null,
				}),
			);
		},
	});
}
