import { type BareShell, Document } from "./layout.tsx";
import { Mark } from "./parts/icon.tsx";

export type MessageProps = BareShell & { status: number; title: string; sentence: string; hint: string };

/** Where the overview may not be shown either, no link leads to it. */
const NO_WAY_IN = [401, 403];

/** A page that only says something: that an address leads nowhere, that the link's token is missing. */
export function MessagePage({ status, title, sentence, hint, ...shell }: MessageProps) {
	return (
		<Document shell={shell} title={title} scripts={false}>
			<main id="main" class="message" tabindex="-1">
				<p class="message-brand">
					<Mark />
					PromptPulse
				</p>
				<h1 safe>{title}</h1>
				<p class="message-sentence" safe>
					{sentence}
				</p>
				<p class="message-hint" safe>
					{hint}
				</p>
				{NO_WAY_IN.includes(status) ? null : (
					<p>
						<a class="button button-primary" href="/">
							Open the overview
						</a>
					</p>
				)}
				<p class="message-status" safe>{`Status ${status}`}</p>
			</main>
		</Document>
	);
}
