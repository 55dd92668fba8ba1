import { type BoardData, LeaderboardPage } from "../../../views/leaderboard.tsx";
import { isAdmin } from "../../account/account.ts";
import { findInstanceSettings } from "../../ledger/instance-settings.ts";
import { findPreferences } from "../../ledger/preferences.ts";
import { listBoardPeople } from "../../reports/board-people.ts";
import { boardHref, parseBoardQuery } from "../../usage/leaderboard-query.ts";
import { invalidFields, ProblemError } from "../errors.ts";
import { readBoard } from "../people/board.ts";
import { excludeFromBoard, switchBoard } from "../people/board-settings.ts";
import { noteRead } from "../people/note-read.ts";
import { joinBoard, leaveBoard } from "../people/own-leaderboard.ts";
import { type Ask, accountOf, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { shellOf } from "../shell.ts";
import { doneCookie, withoutDone } from "../tell-done.ts";
import { page } from "./page.ts";
import { seeOther } from "./see-other.ts";

/** `/leaderboard`: who used how much, of those who want to be seen, and the forms by which people take part. */
export function leaderboardRoutes(options: ServerOptions): Route[] {
	return [showBoard(options), takePart(options), switchByForm(options), excludeByForm(options)];
}

function showBoard(options: ServerOptions): Route {
	return route({
		method: "GET",
		path: "/leaderboard",
		access: "page",
		text: { summary: "The page: Leaderboard" },
		answer: (ask, viewer) => boardPage(options, ask, viewer),
	});
}

function takePart(options: ServerOptions): Route {
	const { db } = options;
	return route({
		method: "POST",
		path: "/leaderboard/take-part",
		access: "write",
		text: { summary: "A form: takes part under a name (action: join), or leaves at once (leave)" },
		async answer(ask, viewer) {
			const back = boardHref(parseBoardQuery(ask.url.searchParams));
			const { user } = accountOf(viewer);
			const { action, name } = fieldsOf(ask.body);
			if (action === "leave") {
				await leaveBoard(db, user, undefined, ask);
				return seeOther(back, doneCookie("board-left"));
			}
			if (action !== "join") throw new ProblemError(invalidFields("invalid_body", ["action"]));
			const typed = name ?? "";
			try {
				await joinBoard(db, user, typed, ask);
			} catch (error) {
				return boardPage(options, ask, viewer, {
					name: typed.slice(0, LONGEST_TYPED),
					wrong: wrongName(error),
				});
			}
			return seeOther(back, doneCookie("board-joined"));
		},
	});
}

function switchByForm({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/leaderboard/switch",
		access: "admin write",
		text: { summary: "A form: turns the leaderboard on or off for everyone (turn: on, off)" },
		async answer(ask, viewer) {
			const { turn } = fieldsOf(ask.body);
			if (turn !== "on" && turn !== "off") throw new ProblemError(invalidFields("invalid_body", ["turn"]));
			await switchBoard(db, turn === "on", { ...ask, admin: accountOf(viewer) });
			const back = boardHref(parseBoardQuery(ask.url.searchParams));
			return seeOther(back, doneCookie(turn === "on" ? "board-on" : "board-off"));
		},
	});
}

function excludeByForm({ db }: ServerOptions): Route {
	return route({
		method: "POST",
		path: "/leaderboard/exclude",
		access: "admin write",
		text: {
			summary:
				"A form: leaves a person out of the leaderboard, or lets the person in again (excluded: yes, no)",
		},
		async answer(ask, viewer) {
			const { person = "", excluded } = fieldsOf(ask.body);
			if (excluded !== "yes" && excluded !== "no")
				throw new ProblemError(invalidFields("invalid_body", ["excluded"]));
			await excludeFromBoard(db, person, excluded === "yes", { ...ask, admin: accountOf(viewer) });
			const back = boardHref(parseBoardQuery(ask.url.searchParams));
			return seeOther(back, doneCookie(excluded === "yes" ? "board-excluded" : "board-included"));
		},
	});
}

/** What is given back of a name that was refused. */
const LONGEST_TYPED = 200;

async function boardPage(
	{ db }: ServerOptions,
	ask: Ask,
	viewer: Viewer,
	refused?: BoardData["refused"],
): Promise<Response> {
	const query = parseBoardQuery(ask.url.searchParams);
	const account = accountOf(viewer);
	const { user } = account;
	// Admins see whose each name is.
	if (isAdmin(account)) await noteRead(db, account, { path: "/leaderboard" }, ask);
	const [{ leaderboard }, board, own, people] = await Promise.all([
		findInstanceSettings(db),
		readBoard(db, { user, ...query, now: ask.now }),
		findPreferences(db, user),
		isAdmin(account) ? listBoardPeople(db) : [],
	]);
	const data: BoardData = {
		isOn: leaderboard,
		isAdmin: isAdmin(account),
		board,
		joinedAt: own.leaderboardAt,
		name: own.leaderboardName,
		excludedAt: own.leaderboardExcludedAt,
		people,
		refused,
	};
	const shown = shellOf(ask, viewer, "Leaderboard");
	// Days of all people are those of one zone, whatever zone each has chosen.
	const shell = { ...shown, zone: "UTC" };
	return withoutDone(page(LeaderboardPage({ shell, data }), refused ? 422 : 200), shell.done);
}

/** What a form says of a name that was not taken. */
export function wrongName(error: unknown): string {
	if (error instanceof ProblemError) {
		const { code, sentence, hint } = error.problem;
		if (code === "name_taken") return `${sentence} ${hint}`;
		if (code === "invalid_body")
			return "Give a name of 1 to 50 characters that can all be seen, without marks piled up on a letter.";
	}
	throw error;
}

/** What a form's fields hold, as texts. */
function fieldsOf(body: unknown): Readonly<Record<string, string | undefined>> {
	const fields = Object.entries((body ?? {}) as Record<string, unknown>);
	return Object.fromEntries(
		fields.filter((field): field is [string, string] => typeof field[1] === "string"),
	);
}
