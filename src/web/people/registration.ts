/** Who may make an account: nobody, who has an invite, or anyone. */
export const REGISTRATIONS = ["closed", "invite", "open"] as const;

export type Registration = (typeof REGISTRATIONS)[number];
