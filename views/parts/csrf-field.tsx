import { escapeAttribute } from "./safe-url.ts";

/** What a form of a session's page sends along with a change; nothing where there is no session. */
export function CsrfField({ csrf }: { csrf: string | undefined }) {
	return csrf === undefined ? null : <input type="hidden" name="csrf" value={escapeAttribute(csrf)} />;
}
