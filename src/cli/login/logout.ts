import { homeAt } from "../../collector/home.ts";
import { forgetLogin } from "../../collector/kept-login.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { plain } from "../screen/terminal.ts";

/** `promptpulse logout`: forgets the key. Usage and the machine's id stay, so that a later login goes on. */
export async function logout({ config, terminal }: Context): Promise<number> {
	const wasLoggedIn = forgetLogin(homeAt(config.home));
	terminal.err(
		wasLoggedIn
			? `Logged out: the key is forgotten. This machine's usage and its id stay in ${plain(config.home)}. The key itself is still good; whoever has it may use it until it is revoked at the server.`
			: "This machine is not logged in.",
	);
	if (config.apiKey !== undefined) {
		terminal.err("PROMPTPULSE_API_KEY is set, and is used as long as it is: unset it, too.");
	}
	return DONE;
}
