/**
 * Told when nothing more comes, whatever the reason, and what went wrong. `patience`: how far (ms) a reader may fall behind
 * the slowest that is waited for before it is given up.
 */
export type StreamWatch = { end(): void; fail(error: unknown): void; patience: number };

/** The slowest reader that is waited for, in bytes a ms: as slow as what comes in may be. */
const SLOWEST = 10;

/**
 * A body out of pieces. Each piece is made when the one before it was taken, so that a slow reader costs no memory, and
 * nothing more is made for one who is gone. Where something goes wrong, or the reader is too slow for too long, the body
 * breaks off. The time in which a piece is made is not the reader's.
 */
export function streamOf(
	pieces: AsyncGenerator<Uint8Array, void>,
	{ end, fail, patience }: StreamWatch,
): ReadableStream<Uint8Array> {
	let timer: Timer | undefined;
	/** What is left of the patience, in ms, and since when it is waited for the reader. */
	let left = patience;
	let waitsSince = performance.now();
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
				left -= performance.now() - waitsSince;
				try {
					const { done, value } = await pieces.next();
					// Its reader went while the piece was made.
					if (isOver) return;
					if (!done) {
						left = Math.min(patience, left + value.length / SLOWEST);
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
		waitsSince = performance.now();
		timer = setTimeout(() => {
			over();
			controller.error(new Error("the reader was too slow for too long"));
			pieces.return().catch(fail);
		}, left);
		timer.unref();
	}
}
