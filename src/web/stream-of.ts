/** Told when nothing more comes, whatever the reason, and what went wrong. */
export type StreamWatch = { end(): void; fail(error: unknown): void };

/**
 * A body out of pieces. Each piece is made when the one before it was taken, so that a slow reader costs no memory, and
 * nothing more is made for one who is gone. Where something goes wrong the body breaks off.
 */
export function streamOf(
	pieces: AsyncGenerator<Uint8Array, void>,
	{ end, fail }: StreamWatch,
): ReadableStream<Uint8Array> {
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					const { done, value } = await pieces.next();
					if (!done) return controller.enqueue(value);
					end();
					controller.close();
				} catch (error) {
					end();
					fail(error);
					controller.error(error);
				}
			},
			async cancel() {
				end();
				await pieces.return();
			},
		},
		// Nothing is made ahead.
		{ highWaterMark: 0 },
	);
}
