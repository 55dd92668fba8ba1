/** The second of two keys comes within this time, in ms. */
const NEXT_KEY_MS = 1_500;

/**
 * Keys do what links and fields of the page do that carry them as `data-key`. Nothing happens while somebody types,
 * with a modifier, under a dialog, or where a person has turned keys off.
 */
export function watchKeys(page: Document): void {
	let first = "";
	let forgetting: Timer | undefined;
	page.addEventListener("keydown", (event) => {
		clearTimeout(forgetting);
		const before = first;
		first = "";
		if (!isPlain(event) || !isFree(page, event.target)) return;
		const key = before === "" ? event.key : `${before} ${event.key}`;
		if (act(page, key)) event.preventDefault();
		else if (before === "" && page.querySelector(`[data-key^="${CSS.escape(event.key)} "]`)) {
			first = event.key;
			forgetting = setTimeout(() => {
				first = "";
			}, NEXT_KEY_MS);
		}
	});
}

/** On some keyboards signs need Shift or AltGr, which then are no modifiers; letters do not. */
function isPlain(event: KeyboardEvent): boolean {
	if (event.defaultPrevented || event.isComposing || event.repeat || event.key.length !== 1) return false;
	const isLetter = /^[a-z]$/i.test(event.key);
	if (isLetter && event.shiftKey) return false;
	if (!isLetter && event.getModifierState("AltGraph")) return true;
	return !event.ctrlKey && !event.metaKey && !event.altKey;
}

function isFree(page: Document, target: EventTarget | null): boolean {
	if (page.documentElement.dataset.keys !== "on" || page.querySelector("dialog[open]")) return false;
	if (!(target instanceof HTMLElement)) return true;
	return !target.isContentEditable && !target.closest("input, select, textarea");
}

/** A search goes before the filters. What is hidden because of a narrow window can be followed all the same. */
function act(page: Document, key: string): boolean {
	const found = [...page.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)];
	const wanted = found.find((element) => element instanceof HTMLInputElement) ?? found[0];
	if (!wanted) return false;
	const menu = wanted.parentElement;
	if (wanted instanceof HTMLInputElement) {
		wanted.focus();
		wanted.select();
	} else if (menu instanceof HTMLDetailsElement) {
		menu.open = true;
		menu.querySelector<HTMLElement>("select, input:not([type=hidden])")?.focus();
	} else wanted.click();
	return true;
}
