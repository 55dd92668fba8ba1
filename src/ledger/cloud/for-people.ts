import { asAppError, CloudError } from "./cloud-error.ts";

/** What may leave this room: no caller has to know how the database is reached. */
export function forPeople(error: unknown): unknown {
	return error instanceof CloudError ? asAppError(error) : error;
}

/**
 * Whether it may go well another time. What was refused would be refused again, and what may have run is not to be
 * repeated where it changes something, unless it is known that it was not kept.
 */
export function isPassing(error: unknown): error is CloudError {
	return error instanceof CloudError && (error.isRetryable || error.fate === "unknown");
}
