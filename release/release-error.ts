/** A release stops for a reason that a person has to know. Nothing was released. */
export class ReleaseError extends Error {}
