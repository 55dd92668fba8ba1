import type { RefusedForm } from "../../../views/parts/refused-form.ts";
import { type SettingsData, type SettingsFormName, SettingsPage } from "../../../views/settings.tsx";
import type { Mailing } from "../people/mailing.ts";
import { previewReport } from "../people/own-mail.ts";
import { type Ask, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { shellOf } from "../shell.ts";
import { withoutDone } from "../tell-done.ts";
import { type FormPage, formRoute } from "./form-acts.ts";
import { page } from "./page.ts";
import { ACTS } from "./settings-acts.ts";
import { readSettings } from "./settings-data.ts";
import { KEY_ACTS, MAIL_ACTS } from "./settings-keys.ts";

/** `/settings`: what people settle for themselves, each by a form that works without scripts. */
export function settingsRoutes(options: ServerOptions): Route[] {
	const { mailing } = options;
	const forms: FormPage<SettingsFormName, Partial<SettingsData>> = {
		access: "write",
		hrefOf: () => "/settings",
		show: (ask, viewer, { more, refused }) => settingsPage(options, ask, viewer, more, refused),
	};
	const acts = [...ACTS, ...KEY_ACTS, ...(mailing ? MAIL_ACTS : [])];
	return [
		showSettings(options),
		...acts.map((act) => formRoute(options, forms, act)),
		...(mailing ? [showPreview(options, mailing)] : []),
	];
}

function showSettings(options: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/settings",
		access: "page",
		text: { summary: "The page: Settings" },
		answer: (ask, viewer) => settingsPage(options, ask, viewer),
	});
}

/** `GET /settings/preview`: the report of the last week as it would be mailed. */
function showPreview({ db }: ServerOptions, mailing: Mailing): Route {
	return route({
		method: "GET",
		path: "/settings/preview",
		access: "page",
		text: { summary: "The report of the last week, as it would be mailed" },
		async answer({ now }, viewer) {
			const { html } = await previewReport(db, mailing, viewer, now, "/settings");
			const answer = page(html);
			// A letter brings its own looks. Nothing else in it does anything.
			answer.headers.set("content-security-policy", LETTER_POLICY);
			return answer;
		},
	});
}

const LETTER_POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function settingsPage(
	{ db, mailing }: ServerOptions,
	ask: Ask,
	viewer: Viewer,
	more: Partial<SettingsData> = {},
	refused?: RefusedForm<SettingsFormName>,
): Promise<Response> {
	const shell = shellOf(ask, viewer, "Settings");
	const data = { ...(await readSettings(db, mailing, viewer, ask.now)), ...more };
	return withoutDone(page(SettingsPage({ shell, data, refused }), refused ? 422 : 200), shell.done);
}
