/** Loaded before the program, this lets ten minutes pass whenever it looks how long something took. */
const LEAP = 10 * 60_000;

const now = performance.now.bind(performance);
let looks = 0;

performance.now = () => now() + looks++ * LEAP;
