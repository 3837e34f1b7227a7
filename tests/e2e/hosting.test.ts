// What hosting must and must not matter for: isolation, and the promise that nothing leaves this device.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/support/staticServer";
import { openPage, testBrowser } from "../support/browser";
import { servePage } from "../support/server";

describe.each([
  ["with our headers", true],
  ["on a static host that sends none", false],
])("the page %s", (_host, isolated) => {
  let host: StaticServer;
  let stranger: Server;
  let strangerUrl: string;
  let visits: number;

  beforeEach(async () => {
    host = await servePage({ isolated });
    visits = 0;
    // It allows everything, so that only the page's own policy can keep the page from it.
    stranger = createServer((_request, response) => {
      visits += 1;
      response
        .writeHead(200, { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" })
        .end();
    });
    await new Promise<void>((listening) => stranger.listen(0, "127.0.0.1", listening));
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
  });

  afterEach(async () => {
    await host.close();
    stranger.closeAllConnections();
    await new Promise((closed) => stranger.close(closed));
  });

  it("loads without a complaint, is cross-origin isolated as far as the host lets it, and cannot reach another address", async () => {
    const { page, context, problems } = await openPage(await testBrowser("none"), host.url);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    expect(await page.title()).toContain("Descent");
    expect(problems).toEqual([]);
    const outcomes = await page.evaluate(async (url) => {
      const image = new Image();
      const loaded = new Promise((resolve) => {
        image.onload = () => resolve("image sent");
        image.onerror = () => resolve("image refused");
      });
      image.src = `${url}pixel.png`;
      const fetched = fetch(`${url}data`).then(
        () => "fetch sent",
        () => "fetch refused",
      );
      const beacon = navigator.sendBeacon(`${url}beacon`, "data");
      return [await loaded, await fetched, `beacon ${beacon}`];
    }, strangerUrl);
    expect(outcomes.slice(0, 2)).toEqual(["image refused", "fetch refused"]);
    await page.waitForTimeout(200);
    expect(visits).toBe(0);
    await context.close();
  });
});
