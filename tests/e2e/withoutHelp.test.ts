// Browsers that lack, refuse or never answer what only helps: the page trains in all of them, and says what it does without.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { fullTest } from "../support/full";
import { pageHeaders } from "../../scripts/support/headers";
import { testBuildDir } from "../support/server";
import { button, expectQuiet, useBrowser, waitForState } from "./support";

/** Runs code in the training worker before its own. @param headers to answer its script with, beside ours */
async function inWorker(page: Page, code: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.context().route("**/worker/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      headers: { ...response.headers(), ...headers },
      body: `{ ${code} }\n${await response.text()}`,
    });
  });
}

/** Limits of seconds pass in no time. */
const hurry = `
  const wait = self.setTimeout;
  self.setTimeout = (work, milliseconds) => wait(work, milliseconds >= 2000 ? milliseconds / 20 : milliseconds);`;

const noDatabase = `
  Object.defineProperty(self, "indexedDB", { get() { throw new DOMException("insecure", "SecurityError"); } });`;

const silentDatabase = `
  IDBFactory.prototype.open = () => ({});`;

/** Trains a model to the end. @returns what the page says of the backend */
async function trained(page: Page): Promise<string> {
  await waitForState(page, "Ready");
  await button(page, "Train").click();
  await waitForState(page, "Finished");
  return (await page.getByRole("button", { name: /^Backend: / }).getAttribute("aria-label")) ?? "";
}

describe("without a GPU", () => {
  const open = useBrowser("none");

  it("trains in JavaScript where WebAssembly and the database are forbidden, and says so", async () => {
    const policy = (pageHeaders["Content-Security-Policy"] ?? "").replace(" 'wasm-unsafe-eval'", "");
    expect(policy).toContain("script-src 'self';");
    const app = await open({
      query: "?preset=xor",
      before: (page) => inWorker(page, noDatabase, { "content-security-policy": policy }),
    });
    expect(await trained(app.page)).toMatch(
      /^Backend: CPU, CPU \(JavaScript\)\. .*This page may not compile WebAssembly .* so JavaScript computes, which is slower\.$/,
    );
  });

  it("trains on one thread where the helpers never say a word", async () => {
    expect(readdirSync(join(testBuildDir, "worker")).join(" ")).toContain("helperWorker-");
    const app = await open({
      query: "?preset=xor&threads=2",
      before: async (page) => {
        await inWorker(page, `${hurry} ${silentDatabase}`);
        await page.context().route("**/worker/helperWorker-*.js", (route) => {
          return route.fulfill({ headers: { ...pageHeaders, "content-type": "text/javascript" }, body: "" });
        });
      },
    });
    expect(await trained(app.page)).toMatch(
      /WebAssembly.*, 1 thread\. .*Helping thread: expected an answer within 8 s/,
    );
    expectQuiet(app);
  });

  it("trains in JavaScript where the WebAssembly kernels never come", async () => {
    const kernels: string[] = [];
    const app = await open({
      query: "?preset=xor",
      before: async (page) => {
        await inWorker(page, hurry);
        await page.context().route(/\/worker\/chunk-wasm-/, (route) => void kernels.push(route.request().url()));
      },
    });
    expect(await trained(app.page)).toMatch(/CPU \(JavaScript\)\. .*expected an answer within 8 s, got none/);
    expect(kernels.length).toBeGreaterThan(0);
  });
});

describe("with a GPU", () => {
  const open = useBrowser("swiftshader");

  it("trains on the CPU where the device and the database never answer", async () => {
    const app = await open({
      query: "?preset=xor&backend=webgpu",
      before: (page) => {
        return inWorker(
          page,
          `${hurry} ${silentDatabase} GPUAdapter.prototype.requestDevice = () => new Promise(() => {});`,
        );
      },
    });
    expect(await trained(app.page)).toMatch(
      /^Backend: CPU, .* gave no device .*expected an answer within 8 s, got none/,
    );
    expect(await app.page.locator("[data-setback]").count(), "the colour that says so").toBe(1);
    expectQuiet(app);
  });

  fullTest(
    "trains on the GPU where the adapter tells about itself only when asked, as in Chrome 113 to 126",
    async () => {
      const app = await open({
        query: "?preset=xor&backend=webgpu",
        before: (page) =>
          inWorker(
            page,
            `${noDatabase}
          const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "info");
          delete GPUAdapter.prototype.info;
          delete GPUDevice.prototype.adapterInfo;
          GPUAdapter.prototype.requestAdapterInfo = async function () { return get.call(this); };`,
          ),
      });
      expect(await trained(app.page)).toMatch(/^Backend: WebGPU, .*WebGPU was asked for/);
      expectQuiet(app);
    },
  );
});
