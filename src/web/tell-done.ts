import { DONE_WORDS, type DoneWord } from "../../views/parts/done-words.ts";

const COOKIE = "done";
/** A page follows at once; what did not come by then is no news any more. In seconds. */
const GOOD_FOR = 20;

/**
 * Goes with the redirect after a change, so that the page it leads to says what was done. Only the name of a sentence
 * is in it: no text that somebody could plant.
 */
export function doneCookie(word: DoneWord): string {
	return `${COOKIE}=${word}; Path=/; Max-Age=${GOOD_FOR}; HttpOnly; SameSite=Lax`;
}

/** What a request's page is to say, if a change led to it. */
export function doneOf(request: Request): DoneWord | undefined {
	const given = new Bun.CookieMap(request.headers.get("cookie") ?? "").get(COOKIE);
	return given !== null && given !== undefined && isDoneWord(given) ? given : undefined;
}

/** Takes the word away, where the page has said it: once is enough. */
export function withoutDone(page: Response, word: DoneWord | undefined): Response {
	if (word) page.headers.append("set-cookie", `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`);
	return page;
}

function isDoneWord(word: string): word is DoneWord {
	return Object.hasOwn(DONE_WORDS, word);
}
