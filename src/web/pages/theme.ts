import { type Route, route } from "../route.ts";
import { THEMES } from "../shell.ts";
import { localPath, seeOther } from "./see-other.ts";

const A_YEAR = 31_536_000;

/** `POST /theme`: the theme that a person chose by a form, which leads back to its page. */
export function chooseTheme(): Route {
	return route({
		method: "POST",
		path: "/theme",
		access: "page",
		text: { summary: "Chooses the pages' theme" },
		answer({ body }) {
			const { theme, next } = (body ?? {}) as Record<string, unknown>;
			const chosen = THEMES.find((known) => known === theme) ?? "auto";
			return seeOther(localPath(next), `theme=${chosen}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax`);
		},
	});
}
