/**
 * Waits until all that runs now has come to where it waits for the world: what is asked at the same time, through
 * however many functions, has been asked by then. Ticks come when no more promise is to go on; the first one of them
 * would come at once outside of any.
 */
export async function endOfTurn(): Promise<void> {
	await undefined;
	await new Promise<void>((resolve) => process.nextTick(resolve));
}
