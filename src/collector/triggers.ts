/** What makes a collect run: a person, a hook of Claude Code, or the system's scheduler. */
export const TRIGGERS = ["manual", "hook", "schedule"] as const;

export type Trigger = (typeof TRIGGERS)[number];
