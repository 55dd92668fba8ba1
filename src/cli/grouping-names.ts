/** What `report` can group usage by. */
export const GROUPING_NAMES = [
	"daily",
	"weekly",
	"monthly",
	"session",
	"blocks",
	"project",
	"branch",
	"model",
	"machine",
] as const;

export type GroupingName = (typeof GROUPING_NAMES)[number];
