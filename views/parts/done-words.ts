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
	"email-saved": "The address is saved.",
	"email-asked": "Saved. Open the link that was sent to it.",
	"link-sent": "The link was sent.",
	"zone-saved": "Days are counted in this zone now.",
	"reports-saved": "Saved.",
	"test-sent": "The test is on its way.",
	"key-revoked": "The key opens nothing any more.",
	"session-ended": "That browser is logged out.",
	"board-joined": "You take part under this name.",
	"board-left": "You are off the leaderboard.",
	"board-on": "The leaderboard is on.",
	"board-off": "The leaderboard is off.",
	"board-excluded": "Left out. The person is told so.",
	"board-included": "Let in again.",
	"plan-saved": "The plan is saved.",
} as const;

export type DoneWord = keyof typeof DONE_WORDS;
