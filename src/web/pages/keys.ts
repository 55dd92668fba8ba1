import { type Route, route } from "../route.ts";
import { doneCookie } from "../tell-done.ts";
import { localPath, seeOther } from "./see-other.ts";

const A_YEAR = 31_536_000;

/** `POST /keys`: whether single keys do something, by a form that leads back to its page. */
export function chooseKeys(): Route {
	return route({
		method: "POST",
		path: "/keys",
		access: "page",
		text: { summary: "Turns the pages' keyboard shortcuts on or off" },
		answer({ body }) {
			const { keys, next } = (body ?? {}) as Record<string, unknown>;
			const isOff = keys === "off";
			const cookie = `keys=${isOff ? "off" : ""}; Path=/; Max-Age=${isOff ? A_YEAR : 0}; SameSite=Lax`;
			return seeOther(localPath(next), cookie, doneCookie(isOff ? "keys-off" : "keys-on"));
		},
	});
}
