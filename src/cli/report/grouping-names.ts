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

/** Orders in which `report` can list. */
export const ORDERS = ["asc", "desc"] as const;

export type Order = (typeof ORDERS)[number];
