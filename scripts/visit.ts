// `npm run visit`: how long a first visit takes on a slow line, until the page is shown and until the first training step, and a
// second one. Gives figures; refuses to judge them, since they are this machine's.
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext } from "playwright-core";
import { buildPage, distDir } from "./support/buildPage";
import { launchChromium } from "./support/launchChromium";
import { serveFolder } from "./support/staticServer";

const RATES_MBIT = [10, 4];
const ROUND_TRIP_MS = 40;

/** A line to a port of this machine that all connections share, with so many bits a second in one direction and a delay. Connections are
 *  there at once and as quick as they get: handshakes, encryption and a slow start would add some ways there and back. */
async function openLine(port: number, mbit: number) {
  let [freeAt, byteLength] = [0, 0];
  const join = (client: Socket): void => {
    const server = connect(port, "127.0.0.1");
    let sending = Promise.resolve();
    const send = async (data: Buffer): Promise<void> => {
      for (let at = 0; at < data.length; at += 8192) {
        const part = data.subarray(at, at + 8192);
        const now = performance.now();
        freeAt = Math.max(freeAt, now) + (8 * part.length) / (1000 * mbit);
        await sleep(freeAt - now);
        byteLength += part.length;
        setTimeout(() => client.write(part), ROUND_TRIP_MS / 2);
      }
      server.resume();
    };
    client.on("data", (data) => setTimeout(() => server.write(data), ROUND_TRIP_MS / 2));
    server.on("data", (data) => {
      server.pause();
      sending = sending.then(() => send(data));
    });
    server.on("end", () => void sending.then(() => sleep(ROUND_TRIP_MS)).then(() => client.end()));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
    }
    client.on("close", () => server.destroy());
  };
  const listener = createServer(join);
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  const { port: own } = listener.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}/`, sent: () => byteLength, close: () => listener.close() };
}

/** Visits, and presses Train as soon as it is there. @returns seconds until it was, and until the first step */
async function visit(context: BrowserContext, url: string): Promise<readonly [shown: number, stepped: number]> {
  const page = await context.newPage();
  const begin = performance.now();
  const since = (): number => (performance.now() - begin) / 1000;
  await page.goto(url, { waitUntil: "commit" });
  const train = page.getByRole("button", { name: "Train", exact: true });
  await train.waitFor();
  const shown = since();
  await train.click();
  const status = page.getByRole("status", { name: "Training status" });
  while (!/Step [1-9]/.test((await status.textContent()) ?? "")) await page.waitForTimeout(20);
  const stepped = since();
  await page.close();
  return [shown, stepped];
}

await buildPage();
const server = await serveFolder(distDir, 0);
const browser = await launchChromium("none");
console.log(`Chromium ${browser.version()}, the perceptron, ${ROUND_TRIP_MS} ms there and back`);
for (const mbit of RATES_MBIT) {
  const line = await openLine(Number(new URL(server.url).port), mbit);
  const context = await browser.newContext();
  const [shown, stepped] = await visit(context, line.url);
  const [megabytes, [, again]] = [line.sent() / 1e6, await visit(context, line.url)];
  console.log(
    `${mbit} Mbit/s: Train to be pressed after ${shown.toFixed(1)} s, first step after ${stepped.toFixed(1)} s and ` +
      `${megabytes.toFixed(1)} MB; on a second visit after ${again.toFixed(1)} s`,
  );
  await context.close();
  line.close();
}
await browser.close();
await server.close();
