import { escapeAttribute } from "../parts/safe-url.ts";
import type { Written } from "./report-letter.tsx";

/** Asks whoever reads it whether the address is theirs. Nothing in it comes from the person who gave the address. */
export function writeConfirmLetter({ origin, confirm }: { origin: string; confirm: string }): Written {
	const host = new URL(origin).host;
	const sentence = `Someone gave this address to PromptPulse at ${host}, to have reports of their Claude Code usage sent here.`;
	const otherwise = "If that was not you, do nothing: without it nothing is sent here.";
	const until = "The link is good for 24 hours.";
	return {
		subject: `Confirm your address at ${host}`,
		text: [sentence, "", `To confirm it, open ${confirm}`, until, "", otherwise, ""].join("\n"),
		html: String(
			<>
				{"<!doctype html>"}
				<html lang="en">
					<head>
						<meta charset="utf-8" />
						<title safe>{`Confirm your address at ${host}`}</title>
					</head>
					<body style="margin:24px;color:#1f2430;font:14px/20px system-ui,sans-serif">
						<p safe>{sentence}</p>
						<p>
							<a href={escapeAttribute(confirm)} style="color:#1d4fc4">
								Confirm this address
							</a>
						</p>
						<p>{`${until} ${otherwise}`}</p>
					</body>
				</html>
			</>,
		),
	};
}
