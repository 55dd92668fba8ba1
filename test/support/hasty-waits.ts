/** Loaded before the program, this lets it try again at once whatever it would have waited for. */
const { sleep } = Bun;

Bun.sleep = () => sleep(0);
