/**
 * Told when nothing more comes, whatever the reason, and what went wrong. `patience`: for how long (ms) a reader may take
 * nothing before it is given up.
 */
export type StreamWatch = { end(): void; fail(error: unknown): void; patience: number };

/**
 * A body out of pieces. Each piece is made when the one before it was taken, so that a slow reader costs no memory, and
 * nothing more is made for one who is gone. Where something goes wrong, or nothing is taken for too long, the body breaks
 * off.
 */
export function streamOf(
	pieces: AsyncGenerator<Uint8Array, void>,
	{ end, fail, patience }: StreamWatch,
): ReadableStream<Uint8Array> {
	let timer: Timer | undefined;
	let isOver = false;
	const over = () => {
		isOver = true;
		clearTimeout(timer);
		end();
	};
	return new ReadableStream<Uint8Array>(
		{
			start: awaitReader,
			async pull(controller) {
				clearTimeout(timer);
				try {
					const { done, value } = await pieces.next();
					// Its reader went while the piece was made.
					if (isOver) return;
					if (!done) {
						controller.enqueue(value);
						return awaitReader(controller);
					}
					over();
					controller.close();
				} catch (error) {
					if (isOver) return;
					over();
					fail(error);
					controller.error(error);
				}
			},
			async cancel() {
				over();
				await pieces.return();
			},
		},
		// Nothing is made ahead.
		{ highWaterMark: 0 },
	);

	/** Its place is free again after that, however long it keeps the connection. */
	function awaitReader(controller: ReadableStreamDefaultController<Uint8Array>): void {
		timer = setTimeout(() => {
			over();
			controller.error(new Error("the reader took nothing for too long"));
			pieces.return().catch(fail);
		}, patience);
		timer.unref();
	}
}
