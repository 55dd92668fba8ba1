import { type BareShell, Document } from "./layout.tsx";
import { Mark } from "./parts/icon.tsx";

/** What is left to say to somebody whose account was erased. */
export function ErasedPage({ shell }: { shell: BareShell }) {
	return (
		<Document shell={shell} title="The account is erased" scripts={false}>
			<main id="main" class="message" tabindex="-1">
				<p class="message-brand">
					<Mark />
					PromptPulse
				</p>
				<h1>The account is erased</h1>
				<p class="message-sentence">
					Keys and browsers open nothing any more, and what was kept of your usage is gone. A large history
					may take a few minutes more.
				</p>
				<p class="message-hint">
					Your machines keep what they have collected. To end that too, run promptpulse setup --remove on
					each, and delete the folder .promptpulse in your home.
				</p>
			</main>
		</Document>
	);
}
