import { type AdminFormName, type AdminMore, AdminPage } from "../../../views/admin.tsx";
import type { RefusedForm } from "../../../views/parts/refused-form.ts";
import { parsePeopleQuery, peopleHref } from "../../usage/people-query.ts";
import { noteRead } from "../people/note-read.ts";
import { type Ask, accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { shellOf } from "../shell.ts";
import { withoutDone } from "../tell-done.ts";
import { ADMIN_ACTS } from "./admin-acts.ts";
import { readAdmin } from "./admin-data.ts";
import { type FormPage, formRoute } from "./form-acts.ts";
import { page } from "./page.ts";

const PATH = "/admin";

/** `/admin`: the people of a server, who may come, and how the server is. Of people's usage it shows totals alone. */
export function adminPageRoutes(options: ServerOptions): Route[] {
	const forms: FormPage<AdminFormName, AdminMore> = {
		access: "admin write",
		hrefOf: ({ url }) => peopleHref(parsePeopleQuery(url.searchParams)),
		async show(ask, viewer, shown) {
			// What a form leads to shows people too.
			await noteRead(options.db, accountOf(viewer), { path: PATH }, ask);
			return adminPage(options, ask, viewer, shown);
		},
	};
	return [
		route({
			method: "GET",
			path: PATH,
			access: "admin page",
			text: { summary: "The page: Admin" },
			answer: (ask, viewer) => adminPage(options, ask, viewer),
		}),
		...ADMIN_ACTS.map((act) => formRoute(options, forms, act)),
	];
}

async function adminPage(
	options: ServerOptions,
	ask: Ask,
	viewer: Viewer,
	{ more, refused }: { more?: AdminMore; refused?: RefusedForm<AdminFormName> } = {},
): Promise<Response> {
	const query = parsePeopleQuery(ask.url.searchParams);
	const data = { ...(await readAdmin(options, accountOf(viewer), query, ask.now)), ...more };
	const shell = shellOf(ask, viewer, "Admin");
	return withoutDone(page(AdminPage({ shell, data, refused }), refused ? 422 : 200), shell.done);
}
