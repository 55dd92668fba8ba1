/** What a page says after a change, by the name that the change's answer gives it. */
export const DONE_WORDS = {
	"keys-off": "Keyboard shortcuts are off.",
	"keys-on": "Keyboard shortcuts are on.",
	renamed: "The name is changed.",
	merged: "Merged. Both are counted as one.",
	split: "Split. Each is counted by itself again.",
	hidden: "Hidden from lists. It is still counted in all totals.",
	shown: "Shown in lists again.",
	archived: "Archived. It is still counted in all totals.",
	restored: "Restored.",
} as const;

export type DoneWord = keyof typeof DONE_WORDS;
