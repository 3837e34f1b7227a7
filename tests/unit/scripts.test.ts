// What the npm scripts stand on: preparing MNIST, serving a folder, counting tests, weighing a page, explaining a plan.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareMnist } from "../../scripts/prepareMnist";
import { measureFirstLoad } from "../../scripts/support/firstLoad";
import { presets } from "../../src/engine";
import { cacheDir, datasetsDir, root } from "../../scripts/support/paths";
import { compressFolder } from "../../scripts/support/compress";
import { readPort } from "../../scripts/support/port";
import { checkPort, serveFolder, type StaticServer } from "../../scripts/support/staticServer";
import { countTests } from "../../scripts/support/testCounts";
import { everyDay, fullTest, isFull } from "../support/full";

const folders: string[] = [];

function newFolder(parent = tmpdir()): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "descent-"));
  folders.push(folder);
  return folder;
}

function write(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

describe("npm run train -- --explain", () => {
  it("prints the plan of a step, and trains nothing", async () => {
    const script = ["scripts/run.mjs", "scripts/train.ts", "--explain", "--preset", "xor"];
    const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: root });
    expect(stdout).toMatch(/^# +layer +operations/m);
    expect(stdout).toMatch(/^\d+ +optimizer /m);
    expect(stdout).toMatch(/^ +total +\d+ launches/m);
    expect(stdout).not.toMatch(/test loss|steps,/);
  });
});

describe("npm run train", () => {
  fullTest("scores weights that it was given, and trains none, with --steps 0", async () => {
    const folder = newFolder();
    const [weights, first, again] = ["weights.safetensors", "first.json", "again.json"].map((name) =>
      join(folder, name),
    );
    const train = (...args: string[]): Promise<unknown> =>
      promisify(execFile)(process.execPath, ["scripts/run.mjs", "scripts/train.ts", "--preset", "xor", ...args], {
        cwd: root,
      });
    await train("--steps", "20", "--seed", "3", "--save", weights!, "--json", first!);
    await train("--steps", "0", "--init", weights!, "--json", again!);
    const [trained, given] = [first, again].map((file) => JSON.parse(readFileSync(file!, "utf8")));
    expect(trained.test.accuracy).toBeGreaterThan(0);
    expect(given).toMatchObject({ curve: [], test: trained.test, msPerStep: null, samplesPerSecond: null });
  });

  it("refuses a model whose task does not suit its dataset, and a file that cannot be written, before it trains", async () => {
    const model = presets.curve.description;
    const training = { ...model.training, validationCount: 0 };
    const folder = newFolder();
    write(folder, { "model.json": JSON.stringify({ ...model, dataset: "xor", training }) });
    const train = async (...args: string[]): Promise<string> => {
      const done = promisify(execFile)(process.execPath, ["scripts/run.mjs", "scripts/train.ts", ...args], {
        cwd: root,
      });
      const failed = await done.then(
        () => undefined,
        (error: { code: number; stderr: string }) => error,
      );
      return `${failed?.code}: ${failed?.stderr.split("\n").find((line) => line.startsWith("train: "))}`;
    };
    expect(await train("--model", join(folder, "model.json"))).toBe(
      "2: train: Predict a number needs a column of numbers to predict, which XOR does not have. Choose another dataset or task.",
    );
    // Each is a process of its own, and bundles the script.
    if (!isFull) return;
    const missing = join(folder, "no", "weights.safetensors");
    expect(await train("--save", missing)).toBe(
      `2: train: expected --save to name a file that can be written, got "${missing}".`,
    );
  });
});

describe("prepareMnist", () => {
  it("writes what is missing or damaged, and the same bytes every time", async () => {
    // On the repository's disk: files are renamed into place.
    const folder = newFolder(cacheDir);
    const stamp = join(folder, "stamp.json");
    copyFileSync(join(datasetsDir, "mnist", "meta.json"), join(folder, "meta.json"));
    expect(await prepareMnist(folder, stamp)).toBe(true);
    expect(await prepareMnist(folder, stamp)).toBe(false);
    const path = join(folder, "train-images-2.bin.gz");
    const original = readFileSync(path);
    expect(original.equals(readFileSync(join(datasetsDir, "mnist", "train-images-2.bin.gz")))).toBe(true);

    const damages: [string, () => void][] = [
      ...everyDay<[string, () => void]>(
        [],
        [
          ["short", () => writeFileSync(path, original.subarray(0, 1000))],
          ["missing", () => rmSync(path)],
          ["no stamp", () => rmSync(stamp)],
        ],
      ),
      [
        "one bit",
        () =>
          writeFileSync(
            path,
            original.map((byte, i) => (i === 4000 ? byte ^ 1 : byte)),
          ),
      ],
    ];
    for (const [damage, inflict] of damages) {
      inflict();
      expect(await prepareMnist(folder, stamp), damage).toBe(true);
      expect(readFileSync(path).equals(original), damage).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("refuses a meta.json that promises other bytes", async () => {
    const folder = newFolder(cacheDir);
    const meta = readFileSync(join(datasetsDir, "mnist", "meta.json"), "utf8");
    writeFileSync(join(folder, "meta.json"), meta.replace(/"sha256": "./, '"sha256": "x'));
    await expect(prepareMnist(folder, join(folder, "stamp.json"))).rejects.toThrow(
      /^MNIST file train-images-0\.bin\.gz: expected x[0-9a-f]{63}, got [0-9a-f]{64}\. Restore/,
    );
  });
});

describe("serveFolder", () => {
  let server: StaticServer;
  const zipped = gzipSync("digits");
  const long = "export const answer = 42;\n".repeat(100);

  beforeAll(async () => {
    const parent = newFolder();
    write(parent, {
      "secret.txt": "secret",
      "dist/index.html": "<!doctype html>",
      "dist/bench.html": "<!doctype html>",
      "dist/.hidden": "secret",
      "dist/assets/index-abc123.js": "1",
      "dist/assets/long-abc123.js": long,
      "dist/datasets/mnist/a.bin.gz": zipped,
      "dist/engine.wasm": "",
    });
    await compressFolder(join(parent, "dist"));
    server = await serveFolder(join(parent, "dist"), 0);
  });
  afterAll(() => server.close());

  const get = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);

  it("isolates the page and keeps it on this device", async () => {
    const { headers } = await get("/?preset=xor");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    const policy = headers.get("content-security-policy")?.split("; ") ?? [];
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("worker-src 'self' blob:");
  });

  it.each([
    ["/", "text/html; charset=utf-8", "no-cache"],
    ["/bench", "text/html; charset=utf-8", "no-cache"],
    ["/assets/index-abc123.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/engine.wasm", "application/wasm", "no-cache"],
    ["/datasets/mnist/a.bin.gz", "application/gzip", "no-cache"],
    ["/datasets/mnist/a.bin.gz?v=12ab", "application/gzip", "public, max-age=31536000, immutable"],
    ["/?v=12ab", "text/html; charset=utf-8", "no-cache"],
  ])("serves %s as %s, cached as %s", async (path, type, cacheControl) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toBe(cacheControl);
  });

  it("gives gzip files as they are", async () => {
    const response = await get("/datasets/mnist/a.bin.gz");
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(Buffer.from(await response.arrayBuffer()).equals(zipped)).toBe(true);
  });

  it.each([
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1.0, *;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["identity", null],
  ])("sends to who accepts %s what was compressed before: %s", async (accepted, encoding) => {
    const response = await get("/assets/long-abc123.js", { headers: { "Accept-Encoding": accepted } });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(Number(response.headers.get("content-length")) < 200).toBe(encoding !== null);
    expect(await response.text()).toBe(long);
  });

  it("does not send a form of a file to who has another, and serves none as a file of its own", async () => {
    const etagOf = async (accepted: string) =>
      (await get("/assets/long-abc123.js", { headers: { "Accept-Encoding": accepted } })).headers.get("etag");
    expect(new Set(await Promise.all(["br", "gzip", "identity"].map(etagOf))).size).toBe(3);
    expect((await get("/assets/long-abc123.js.br")).status).toBe(404);
    expect((await get("/datasets/mnist/a.bin.gz.gz")).status).toBe(404);
  });

  it("does not send again what the browser has", async () => {
    const etag = (await get("/")).headers.get("etag") ?? "";
    expect((await get("/", { headers: { "If-None-Match": etag } })).status).toBe(304);
    expect((await get("/", { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it("answers HEAD without a body, and refuses to be written to", async () => {
    const head = await get("/engine.wasm", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await get("/", { method: "POST", body: "x" })).status).toBe(405);
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "//secret.txt",
    "/.hidden",
    "/%",
    "/assets",
    "/index",
    "/bench/",
    "/nothing",
  ])("gives nothing for %s", async (path) => {
    // Not by fetch, which would tidy the path up first.
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
    expect(status).toBe(404);
  });

  it("listens where it is asked to, by an argument before the environment, and refuses anything else", () => {
    expect(readPort([], undefined, 4173)).toBe(4173);
    expect(readPort([], "", undefined)).toBeUndefined();
    expect(readPort([], "5001", 4173)).toBe(5001);
    expect(readPort(["--port", "5000"], "5001", 4173)).toBe(5000);
    expect(readPort(["--port=5000"], undefined, 4173)).toBe(5000);
    expect(() => readPort(["--port", "many"], undefined, 4173)).toThrow(
      '--port: expected a whole number from 0 to 65535, got "many". Try --port 4173.',
    );
    expect(() => readPort([], "70000", 4173)).toThrow(/^PORT: expected a whole number from 0 to 65535, got "70000"/);
    for (const args of [["--prot", "5000"], ["5000"], ["--port"]]) {
      expect(() => readPort(args, undefined, 4173)).toThrow(
        `Arguments: expected --port and a number, got "${args.join(" ")}". Try npm start -- --port 4173.`,
      );
    }
  });

  it("says which port is taken, and which to try", async () => {
    const folder = newFolder();
    write(folder, { "index.html": "" });
    const port = Number(new URL(server.url).port);
    const message =
      `Server: expected a free port, got ${port}, one that another program uses. ` +
      `Choose another: npm start -- --port ${port + 1}.`;
    await expect(checkPort(port)).rejects.toThrow(message);
    await expect(serveFolder(folder, port)).rejects.toThrow(message);
  });

  it("refuses a folder without a page", () => {
    expect(() => serveFolder(newFolder(), 0)).toThrow(/index\.html, got none\. Run npm run build\./);
  });
});

describe("countTests", () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });

  it.each([
    ["passes", { testResults: [file("passed", "passed", "passed")] }, 0, { passed: 2, failed: 0 }],
    ["a failed test", { testResults: [file("failed", "passed", "failed")] }, 1, { passed: 1, failed: 1 }],
    ["a skipped test", { testResults: [file("passed", "passed", "skipped", "todo")] }, 0, { passed: 1, failed: 2 }],
    [
      "a file that did not load",
      { testResults: [file("failed"), file("passed", "passed")] },
      1,
      { passed: 1, failed: 1 },
    ],
    [
      "one beside a failed test",
      { testResults: [file("failed"), file("failed", "failed")] },
      1,
      { passed: 0, failed: 2 },
    ],
    ["a failed hook", { testResults: [file("failed", "passed")] }, 1, { passed: 1, failed: 1 }],
    ["an unhandled rejection", { testResults: [file("passed", "passed")] }, 1, { passed: 1, failed: 1 }],
    ["a crash", undefined, 1, { passed: 0, failed: 1 }],
    ["no test at all", { testResults: [] }, 0, { passed: 0, failed: 1 }],
  ])("counts %s", (_name, report, exitCode, counts) => {
    expect(countTests(report, exitCode)).toEqual(counts);
  });
});

describe("measureFirstLoad", () => {
  it("follows what loads at once and leaves the rest", () => {
    const folder = newFolder();
    write(folder, {
      "index.html": `<script type="module" crossorigin src="./assets/index-1.js"></script>
        <link rel="modulepreload" crossorigin href="./assets/vendor-1.js"><link rel="modulepreload" href="./assets/early-1.js"><link rel="stylesheet" href="./assets/a.css">`,
      "assets/index-1.js": `import{a}from"./vendor-1.js";import"./side-1.js";export*from"./again-1.js";import("./lazy-1.js")`,
      "assets/vendor-1.js": "vendor",
      "assets/early-1.js": "",
      "assets/side-1.js": `import{b}from"./vendor-1.js"`,
      "assets/again-1.js": "",
      "assets/lazy-1.js": "x".repeat(1000),
      "worker/worker-1.js": `import{c}from"./chunk-core-1.js";import("./chunk-hash-1.js");import("./chunk-webgpuBackend-1.js")`,
      "worker/chunk-core-1.js": "",
      "worker/chunk-webgpuBackend-1.js": `import{d}from"./chunk-core-1.js";import{e}from"./chunk-gemms-1.js"`,
      "worker/chunk-gemms-1.js": "",
      "worker/chunk-hash-1.js": "",
    });
    const { page, worker, gpu } = measureFirstLoad(folder);
    const names = (weighed: typeof page) => weighed.files.map(({ name }) => name).toSorted();
    expect(names(page)).toEqual(["again", "early", "index", "side", "vendor"].map((name) => `assets/${name}-1.js`));
    expect(names(worker)).toEqual(["worker/chunk-core-1.js", "worker/worker-1.js"]);
    expect(names(gpu)).toEqual(["worker/chunk-gemms-1.js", "worker/chunk-webgpuBackend-1.js"]);
    expect(page.gzipBytes).toBe(page.files.reduce((sum, file) => sum + file.gzipBytes, 0));
    expect(worker.files.find(({ name }) => name.endsWith("chunk-core-1.js"))?.gzipBytes).toBe(
      gzipSync("", { level: 9 }).length,
    );
  });

  it("does not call light what it did not find", () => {
    const folder = newFolder();
    write(folder, { "index.html": "<p>no script" });
    expect(() => measureFirstLoad(folder)).toThrow("expected a script");
    write(folder, { "index.html": `<script type="module" src="./assets/a.js"></script>`, "assets/a.js": "" });
    expect(() => measureFirstLoad(folder)).toThrow("expected a worker");
    write(folder, { "worker/worker-1.js": "" });
    expect(() => measureFirstLoad(folder)).toThrow("expected a chunk for GPUs");
  });
});
