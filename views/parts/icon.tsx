/** Drawn in a box of 16, strokes of 1.5. */
const PATHS = {
	overview: "M2 14h12M4.5 11V8M8 11V3.5M11.5 11V6",
	sessions: "M2.5 4h11M2.5 8h11M2.5 12h6.5",
	blocks: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.2l2.2 1.3",
	calendar: "M2.5 4.5h11v9h-11ZM2.5 7.5h11M5.5 2.5v3M10.5 2.5v3",
	projects:
		"M2 4.5c0-.8.4-1.2 1.2-1.2h3l1.5 1.7h5.1c.8 0 1.2.4 1.2 1.2v5.6c0 .8-.4 1.2-1.2 1.2H3.2c-.8 0-1.2-.4-1.2-1.2Z",
	models: "m8 1.8 5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9ZM2.8 5 8 8l5.2-3M8 8v6",
	machines: "M2 3h12v8H2ZM6 13.5h4M8 11v2.5",
	board: "M6 13.5V4h4v9.5M2 13.5V8h4M14 13.5V10h-4M1.5 13.5h13",
	people: "M8 7.5A2.75 2.75 0 1 0 8 2a2.75 2.75 0 0 0 0 5.5ZM2.5 14c0-2.5 2.2-4 5.5-4s5.5 1.5 5.5 4",
	more: "M3 8h.01M8 8h.01M13 8h.01",
	done: "m3.5 8.5 3 3 6-7",
	plus: "M8 3v10M3 8h10",
	close: "m4.5 4.5 7 7m0-7-7 7",
	chevron: "m4.5 6.5 3.5 3.5 3.5-3.5",
	previous: "m9.5 4.5-3.5 3.5 3.5 3.5",
	next: "m6.5 4.5 3.5 3.5-3.5 3.5",
	info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5v3.3M8 5.2h.01",
	warning: "M8 2.5 14 13H2ZM8 6.5v3M8 11.2h.01",
	copy: "M5.5 5.5h8v8h-8ZM2.5 10.5v-8h8",
	light:
		"M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.8v1M8 13.2v1M1.8 8h1M13.2 8h1M3.6 3.6l.7.7M11.7 11.7l.7.7M12.4 3.6l-.7.7M4.3 11.7l-.7.7",
	dark: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z",
	auto: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2.2v11.6M10.5 3v10M12.8 5v6",
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a word; readers are not told of it. */
export function Icon({ name }: { name: IconName }) {
	return (
		<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}

/** PromptPulse's mark. */
export function Mark() {
	return (
		<svg class="mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
			<rect class="mark-ground" width="20" height="20" rx="5" />
			<path class="mark-line" d="M3.5 10.5h3l2-5 3.2 9 2-4h2.8" />
		</svg>
	);
}
