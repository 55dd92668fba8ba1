/** What is used of htmx, which is a script of its own. */
declare const htmx: {
	registerExtension(name: string, hooks: Record<string, (element: Element, detail: Morph) => boolean>): void;
	swap(context: {
		text: string;
		target: Element;
		select: string;
		swap: string;
		sourceElement: Element;
	}): Promise<void>;
};

type Morph = { attrName?: string; newNode?: Element };

/** A server that refused is asked again after this long, in ms; one that went away comes back sooner by itself. */
const REFUSED_MS = 300_000;
/** Something else of the page is being replaced: the refresh waits this long for it, in ms. */
const WAIT_MS = 500;
/** While a long history is uploaded there is news many times a second; a page takes it up once in this time, in ms. */
const REST_MS = 3_000;
/** A refresh that was not had, for the server was busy or somebody asked for something else, is tried again. */
const TRY_AGAIN_MS = 15_000;

/**
 * Refreshes an open page when its usage changes, and keeps what one is doing there. A hidden page does not listen; when
 * it is seen again it is told at once if it is old.
 *
 * @param redraw draws charts whose data is another one now
 */
export function followUsage(page: Document, redraw: () => void): void {
	let stream: EventSource | undefined;
	let again: Timer | undefined;
	let refresh = new AbortController();
	let refreshedAt = Number.NEGATIVE_INFINITY;

	const listen = () => {
		clearTimeout(again);
		if (page.hidden || stream || !shownOn(page)) return;
		const own = new EventSource("/events");
		stream = own;
		own.addEventListener("usage", ({ data }) => update(data));
		own.addEventListener("error", () => {
			if (own.readyState !== EventSource.CLOSED || stream !== own) return;
			stop();
			again = setTimeout(listen, REFUSED_MS);
		});
	};
	const stop = () => {
		clearTimeout(again);
		stream?.close();
		stream = undefined;
	};
	const update = async (version: string) => {
		clearTimeout(again);
		const main = shownOn(page);
		if (!stream || !main || main.dataset.usage === version) return;
		const isBusy = page.querySelector(".htmx-request");
		const wait = Math.max(isBusy ? WAIT_MS : 0, refreshedAt + REST_MS - performance.now());
		if (wait > 0) {
			again = setTimeout(() => update(version), wait);
			return;
		}
		refreshedAt = performance.now();
		refresh.abort();
		refresh = new AbortController();
		again = setTimeout(() => update(version), TRY_AGAIN_MS);
		await replaceMain(page, refresh.signal, redraw);
	};

	page.addEventListener("visibilitychange", () => (page.hidden ? stop() : listen()));
	page.addEventListener("htmx:after:swap", listen);
	// What somebody asked for goes before what comes by itself.
	page.addEventListener("htmx:before:request", () => refresh.abort());
	addEventListener("pagehide", stop);
	addEventListener("pageshow", listen);
	htmx.registerExtension("keep", {
		htmx_before_morph_attr: (element, { attrName }) =>
			!(element instanceof HTMLDetailsElement && attrName === "open"),
		htmx_before_morph_node: (element, { newNode }) => !keepsChart(element, newNode),
	});
	listen();
}

/** The part of the page that shows usage, if it does. */
function shownOn(page: Document): HTMLElement | null {
	return page.querySelector<HTMLElement>("#main[data-usage]");
}

/** What a chart's script made beside its canvas stays; only the sentence for readers is the new one. */
function keepsChart(element: Element, next: Element | undefined): boolean {
	const canvas = element.querySelector(":scope > canvas[data-chart]");
	const nextCanvas = next?.querySelector(":scope > canvas[data-chart]");
	if (!canvas || !nextCanvas) return false;
	canvas.setAttribute("aria-label", nextCanvas.getAttribute("aria-label") ?? "");
	return true;
}

/** Lists change their order: what leads to one place stays the same link, so that nobody follows another one. */
function nameLinks(main: HTMLElement): void {
	for (const link of main.querySelectorAll("a[href]:not([id])")) {
		link.id = `to ${link.getAttribute("href")}`.replaceAll(/\s/g, "+");
	}
}

/** Asks for the page's own address. Where it is not had, the old numbers stay, and are told to be old by their hour. */
async function replaceMain(page: Document, signal: AbortSignal, redraw: () => void): Promise<void> {
	const answer = await fetch(location.href, { signal, headers: { "HX-Request": "true" } }).catch(
		() => undefined,
	);
	const text = await answer?.text().catch(() => undefined);
	const target = shownOn(page);
	if (!answer?.ok || answer.redirected || !text || !target || signal.aborted) return;
	const next = new DOMParser().parseFromString(text, "text/html");
	const nextMain = shownOn(next);
	if (!nextMain) return;
	for (const main of [target, nextMain]) nameLinks(main);
	const focused = page.activeElement?.id;
	await htmx.swap({
		text: nextMain.outerHTML,
		target,
		select: "#main",
		swap: "outerMorph ignoreTitle:true",
		sourceElement: target,
	});
	redraw();
	// Browsers that cannot move an element without taking it out forget which one it was.
	if (focused && page.activeElement === page.body)
		page.getElementById(focused)?.focus({ preventScroll: true });
	const [summary, nextSummary] = [page, next].map((document) => document.getElementById("summary"));
	const isNews = summary && nextSummary && summary.textContent !== nextSummary.textContent;
	if (isNews) summary.textContent = nextSummary.textContent;
}
