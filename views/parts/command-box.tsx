import { Icon } from "./icon.tsx";
import { escapeAttribute } from "./safe-url.ts";

/**
 * A command to type. The button that copies it is shown by the script that it needs.
 *
 * @param props.isText something else than a command
 */
export function CommandBox({ id, command, isText }: { id: string; command: string; isText?: boolean }) {
	return (
		<div class="command">
			{isText ? null : (
				<span class="command-prompt" aria-hidden="true">
					$
				</span>
			)}
			<code class="command-text" id={`command-${id}`} safe>
				{command}
			</code>
			<button
				class="button button-small"
				type="button"
				data-copy={escapeAttribute(command)}
				aria-describedby={`command-${id}`}
				hidden
			>
				<Icon name="copy" />
				<span>Copy</span>
			</button>
		</div>
	);
}
