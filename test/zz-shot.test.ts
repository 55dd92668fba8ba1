import { test } from "bun:test";
import { findUser } from "/work/main/src/ledger/users.ts";
import { findBrowser, launch } from "/work/main/test/support/browser.ts";
import { eventOf, HOUR, DAY, ingestAll, PRICES } from "/work/main/test/support/ledger.ts";
import { serveServer } from "/work/main/test/support/served-server.ts";
test("shots", async () => {
  const browser = await launch(await findBrowser());
  const served = await serveServer();
  const { server } = served;
  const ada = await server.join("ada", "owner");
  await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
  await ada.send("PUT", "/api/user/plan-settings", { claude_plan: "max_100" });
  const user = await findUser(server.db, ada.account.user);
  const events = Array.from({ length: 900 }, (_, i) => eventOf({ id: "a" + i, at: server.now - HOUR - i * 9 * HOUR, input: 300_000 + (i * 7919) % 900_000, model: i % 50 === 3 ? "x" : "cheap" }));
  await ingestAll({ db: server.db, user: user! }, events, { prices: PRICES, now: server.now });
  for (const [w, c] of [[1280, "light"], [360, "dark"], [768, "light"]] as const) {
    const context = await browser.newContext({ viewport: { width: w, height: 900 }, colorScheme: c, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(`${served.origin}/login`);
    await page.fill("#key", ada.keys.full);
    await page.click("button[type=submit]");
    await page.waitForURL(`${served.origin}/`);
    await page.locator("#plan").screenshot({ path: `/tmp/9l/shots/plan-${w}.png` });
    await page.goto(`${served.origin}/leaderboard`);
    await page.screenshot({ path: `/tmp/9l/shots/few-${w}.png`, fullPage: true });
    await page.goto(`${served.origin}/settings`);
    await page.locator("#plan").screenshot({ path: `/tmp/9l/shots/splan-${w}.png` });
    await context.close();
  }
  await browser.close(); await served.stop();
}, 60000);
