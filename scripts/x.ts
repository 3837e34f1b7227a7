// scratch
import { serveFolder } from "./support/staticServer";
import { distDir } from "./support/buildPage";
import { launchChromium } from "./support/launchChromium";
const server = await serveFolder(distDir, 4363);
const browser = await launchChromium("none");
const sizes = [
  [1440, 900],
  [1366, 650],
  [390, 844],
] as const;
for (const [w, h] of sizes)
  for (const colorScheme of ["light", "dark"] as const) {
    if (colorScheme === "dark" && w !== 1440 && w !== 390) continue;
    const context = await browser.newContext({
      viewport: { width: w, height: h },
      colorScheme,
      hasTouch: w < 400,
      isMobile: w < 400,
    });
    const page = await context.newPage();
    page.on("pageerror", (e) => console.log("ERR", e.message));
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") console.log(m.text());
    });
    await page.goto(server.url);
    if (w < 400) await page.getByRole("tab", { name: "Results" }).click();
    await page.getByRole("tab", { name: "Draw" }).click();
    const pad = page.getByRole("application");
    await pad.scrollIntoViewIfNeeded();
    const b = (await pad.boundingBox())!;
    await page.waitForTimeout(800);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.waitForTimeout(2500);
    if (w < 400) {
      await page.getByRole("tab", { name: "Results" }).click();
      await pad.scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      Object.assign(b, await pad.boundingBox());
    }
    await page.screenshot({ path: `/tmp/see/draw-blank-${w}-${colorScheme}.png` });
    await page.mouse.move(b.x + 60, b.y + 50);
    await page.mouse.down();
    await page.mouse.move(b.x + 150, b.y + 48, { steps: 8 });
    await page.mouse.move(b.x + 95, b.y + 180, { steps: 8 });
    await page.mouse.up();
    await page.waitForTimeout(1500);
    console.log(w, colorScheme, await page.getByText(/^It reads/).innerText());
    await page.screenshot({ path: `/tmp/see/draw-${w}-${colorScheme}.png` });
    await context.close();
  }
await browser.close();
await server.close();
