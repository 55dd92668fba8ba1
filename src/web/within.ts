/** Waits for something, but no longer than so many ms; undefined where that was too short. No timer is left behind. */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
	const { promise, resolve } = Promise.withResolvers<undefined>();
	const timer = setTimeout(resolve, ms);
	try {
		return await Promise.race([work, promise]);
	} finally {
		clearTimeout(timer);
	}
}
