import { writeReportLetter } from "../../../views/mail/report-letter.tsx";
import type { MailSettings } from "../../mail/resend.ts";

/** How a server sends mail. Links in it begin with `origin`; `write` makes the letter of a report. */
export type Mailing = { settings: MailSettings; origin: string; write: typeof writeReportLetter };

export function mailingOf(settings: MailSettings, origin: string): Mailing {
	return { settings, origin, write: writeReportLetter };
}
