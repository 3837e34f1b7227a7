// The dataset loader against the real prepared MNIST: what it gives, and that it takes no byte it was not promised.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { type ByteSource, datasets, httpSource, type LoadProgress } from "../../src/engine/data";
import { parseDatasetMeta } from "../../src/engine/data/dataset";
import { mnist } from "../../src/engine/data/mnist";
import { xor } from "../../src/engine/data/xor";
import { DatasetError } from "../../src/engine/errors";
import { columnOf } from "../support/data";
import { everyDay } from "../support/full";
import { plainSource, readFile } from "../support/mnist";

const imagesPath = "mnist/train-images-3.bin.gz";
const totalBytes = 70_000 * (784 + 1);

/** The real files, but for one. */
function replacing(path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): ByteSource {
  return async (asked, signal) =>
    asked === path ? new Uint8Array(change(await readFile(path))) : plainSource(asked, signal);
}

async function failure(source: ByteSource): Promise<DatasetError> {
  try {
    await mnist.load(source);
  } catch (error) {
    if (error instanceof DatasetError) return error;
    throw error;
  }
  throw new Error("loaded without an error");
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("MNIST", () => {
  it("is the real thing: shapes, counts, first digits, mean, label histogram", async () => {
    const data = await mnist.load(fileSource);
    expect(data).toMatchObject({ id: "mnist", trainCount: 60_000 });
    expect(data.columns).toEqual({
      image: { kind: "image", shape: [28, 28, 1], dtype: "u8", scale: 1 / 255 },
      label: { kind: "class", shape: [], dtype: "u8", scale: 1, names: [..."0123456789"] },
    });
    expect(data.train.count).toBe(mnist.trainCount);
    expect(data.train.count).toBe(60_000);
    expect(data.test.count).toBe(10_000);
    const [trainImages, trainLabels] = [columnOf(data.train, "image"), columnOf(data.train, "label")];
    expect(trainImages).toBeInstanceOf(Uint8Array);
    expect(trainImages).toHaveLength(60_000 * 784);
    expect(trainLabels).toBeInstanceOf(Uint8Array);
    expect(trainLabels).toHaveLength(60_000);
    expect(columnOf(data.test, "image")).toHaveLength(10_000 * 784);
    expect([...trainLabels.slice(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...columnOf(data.test, "label").slice(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // The mean pixel of the training set that every MNIST tutorial normalises by.
    const sum = (trainImages as Uint8Array).reduce((total, pixel) => total + pixel, 0);
    expect(sum / trainImages.length / 255).toBeCloseTo(0.1307, 4);
    const histogram = new Array<number>(10).fill(0);
    for (const label of trainLabels) histogram[label] = (histogram[label] ?? 0) + 1;
    expect(histogram).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  it("reports progress that only grows and ends at the whole", async () => {
    const seen: LoadProgress[] = [];
    await mnist.load(fileSource, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.every((progress, i) => progress.loadedBytes > (seen[i - 1]?.loadedBytes ?? 0))).toBe(true);
    expect(new Set(seen.map((progress) => progress.totalBytes))).toEqual(new Set([totalBytes]));
    expect(seen.at(-1)?.loadedBytes).toBe(totalBytes);
  });

  it("takes files that the server already unzipped", async () => {
    const data = await mnist.load(plainSource);
    expect(columnOf(data.test, "label")[0]).toBe(7);
  });

  it("takes streams of awkward chunks", async () => {
    const dripping: ByteSource = async (path) => {
      const bytes = await readFile(path);
      let start = 0;
      return new ReadableStream({
        pull(controller) {
          const size = start < 8 ? 1 : 99_991;
          if (start < bytes.length) controller.enqueue(bytes.slice(start, (start += size)));
          else controller.close();
        },
      });
    };
    const data = await mnist.load(dripping);
    expect(columnOf(data.train, "label")[0]).toBe(5);
  });

  it("loads over HTTP, and says so when a file is not there", async () => {
    const versions: (string | null)[] = [];
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
      if (pathname.endsWith(".gz")) versions.push(searchParams.get("v"));
      const path = pathname.slice("/datasets/".length);
      if (path.includes("test-labels")) response.writeHead(404).end("no");
      else void readFile(path).then((bytes) => response.end(bytes));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/datasets/`;
      const error = await failure(httpSource(base));
      expect(error.message).toBe(
        "Dataset file mnist/test-labels.bin.gz: expected the server to have it, got 404 Not Found. " +
          "Check your connection and retry. If it fails again while you are connected, the data on this host are damaged.",
      );
      // Under an address that changes with what it holds, so that caches may keep it.
      expect(versions[0]).toMatch(/^[0-9a-f]{16}$/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("checks hashes where the browser gives no crypto.subtle", async () => {
    vi.stubGlobal("crypto", {});
    const data = await mnist.load(fileSource);
    expect(data.train.count).toBe(mnist.trainCount);
    expect(data.train.count).toBe(60_000);
    const error = await failure(replacing("mnist/test-labels.bin.gz", (bytes) => changed(bytes)));
    expect(error.message).toContain("expected SHA-256");
  });
});

/** The same length, one bit different, in a valid gzip file. */
function changed(zipped: Uint8Array): Uint8Array {
  const bytes = gunzipSync(zipped);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  return gzipSync(bytes, { level: 1 });
}

describe("a damaged MNIST", () => {
  it("is asked for past every cache once, which may be all that is damaged", async () => {
    const wishes: unknown[] = [];
    const data = await mnist.load(async (path, signal, wish) => {
      const bytes = await readFile(path);
      if (path !== imagesPath) return plainSource(path, signal);
      wishes.push(wish);
      return wish?.isFresh ? bytes : new Uint8Array(changed(bytes));
    });
    expect(data.train.count).toBe(60_000);
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(wishes).toEqual([
      { sha256, isFresh: false },
      { sha256, isFresh: true },
    ]);
  });

  it("is refused when one bit differs", async () => {
    const error = await failure(replacing(imagesPath, changed));
    expect(error.code).toBe("dataset");
    expect(error.message).toMatch(
      /^MNIST file train-images-3\.bin\.gz: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}\. /,
    );
  });

  it("is refused when a file is short, with both lengths", async () => {
    const error = await failure(replacing(imagesPath, (bytes) => gzipSync(gunzipSync(bytes).subarray(0, 1000))));
    expect(error.message).toBe(
      "MNIST file train-images-3.bin.gz: expected 7840000 bytes, got 1000. " +
        "Check your connection and retry. If it fails again while you are connected, the data on this host are damaged.",
    );
  });

  it("is refused when a file is long, without reading all of it", async () => {
    const error = await failure(replacing(imagesPath, (bytes) => gzipSync(Buffer.concat([gunzipSync(bytes), bytes]))));
    expect(error.message).toContain("expected 7840000 bytes, got more");
  });

  type Spoilt = [string, (bytes: Uint8Array) => Uint8Array];
  const spoilt: readonly Spoilt[] = [
    ["cut by one byte", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ["a web page", () => new TextEncoder().encode("<!doctype html><title>Not found</title>")],
  ];
  const more: readonly Spoilt[] = [
    ["cut in the middle", (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ["empty", () => new Uint8Array()],
    ["two bytes of gzip", () => new Uint8Array([0x1f, 0x8b])],
  ];
  it.each(everyDay(spoilt, [...spoilt, ...more]))("is refused when a file is %s", async (_name, change) => {
    const error = await failure(replacing(imagesPath, change));
    expect(error.message).toMatch(
      /^MNIST file train-images-3\.bin\.gz: expected .+, got .+\. Check your connection and retry/,
    );
  });

  it("is refused when a file is missing", async () => {
    const error = await failure(async (path, signal) => {
      if (path === imagesPath) throw new Error("no such file");
      return plainSource(path, signal);
    });
    expect(error.message).toContain('MNIST file train-images-3.bin.gz: expected a readable file, got "no such file".');
  });

  it("is refused when its meta.json is a page, or endless", async () => {
    const page = await failure(replacing("mnist/meta.json", () => new TextEncoder().encode("<!doctype html>")));
    expect(page.message).toMatch(/^MNIST meta\.json: expected JSON, got "<!doctype html>"/);
    const endless = await failure(replacing("mnist/meta.json", () => new Uint8Array(2 ** 20)));
    expect(endless.message).toMatch(/^MNIST meta\.json: expected at most 65536 bytes/);
  });

  it("is refused when a label is not a class", async () => {
    const meta = JSON.parse(new TextDecoder().decode(await readFile("mnist/meta.json"))) as Meta;
    const labels = new Uint8Array(gunzipSync(await readFile("mnist/test-labels.bin.gz")));
    labels[17] = 10;
    const file = meta.splits.test.labels[0];
    if (file === undefined) throw new Error("no labels listed");
    file.sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", labels)).toString("hex");
    const source: ByteSource = async (path, signal) => {
      if (path === "mnist/meta.json") return new TextEncoder().encode(JSON.stringify(meta));
      return path === "mnist/test-labels.bin.gz" ? labels : plainSource(path, signal);
    };
    expect((await failure(source)).message).toMatch(/^MNIST test labels: expected values below 10, got 10 at 17\. /);
  });
});

describe("cancelling", () => {
  it("stops before anything is read", async () => {
    const source = vi.fn(fileSource);
    const loading = mnist.load(source, { signal: AbortSignal.abort() });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
    expect(source).not.toHaveBeenCalled();
  });

  it("stops in the middle, gives the reason, and closes the streams", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const cancelled = vi.fn();
    let opened = 0;
    const endless: ByteSource = async (path) => {
      if (path === "mnist/meta.json") return readFile(path);
      opened += 1;
      return new ReadableStream({
        pull: (stream) => stream.enqueue(new Uint8Array(10)),
        cancel: cancelled,
      });
    };
    const loading = mnist.load(endless, {
      signal: controller.signal,
      onProgress: ({ loadedBytes }) => loadedBytes > 1000 && controller.abort(reason),
    });
    await expect(loading).rejects.toBe(reason);
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledTimes(opened));
    expect(opened).toBeGreaterThan(0);
  });

  it("ends the wait for a network that stalls", async () => {
    const controller = new AbortController();
    const stalled: ByteSource = async (path) => {
      if (path === "mnist/meta.json") return readFile(path);
      setTimeout(() => controller.abort(), 5);
      return new ReadableStream();
    };
    const loading = mnist.load(stalled, { signal: controller.signal });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
  });

  it("stops the downloads beside one that fails, and begins no other", async () => {
    const asked: string[] = [];
    const beside: (AbortSignal | undefined)[] = [];
    const error = await failure(async (path, signal) => {
      asked.push(path);
      if (path === "mnist/meta.json") return readFile(path);
      if (path === "mnist/train-labels.bin.gz") throw new Error("broken");
      beside.push(signal);
      return new ReadableStream();
    });
    expect(error.message).toContain("train-labels.bin.gz");
    expect(beside.map((signal) => signal?.aborted)).toEqual([true]);
    expect(new Set(asked)).toEqual(
      new Set(["mnist/meta.json", "mnist/train-labels.bin.gz", "mnist/train-images-0.bin.gz"]),
    );
  });

  it("gives up on a line that is silent for half a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let asked = 0;
    const failed = failure(async (path) => {
      if (path === "mnist/meta.json") return readFile(path);
      asked++;
      return new ReadableStream();
    });
    // The labels and the first images, once and once more.
    for (const times of [2, 4]) {
      await vi.waitFor(() => expect([asked, vi.getTimerCount() > 0]).toEqual([times, true]), { interval: 1 });
      await vi.advanceTimersByTimeAsync(30_010);
    }
    expect((await failed).message).toContain("expected an answer within 30 s, got none");
  });
});

interface Meta {
  inputShape: unknown;
  splits: Record<"train" | "test", Record<"inputs" | "labels", { path: string; byteLength: number; sha256: string }[]>>;
}

describe("meta.json", () => {
  const parse = (change: (meta: Meta & Record<string, unknown>) => void) => async () => {
    const meta = JSON.parse(new TextDecoder().decode(await readFile("mnist/meta.json"))) as Meta &
      Record<string, unknown>;
    change(meta);
    return parseDatasetMeta(meta, "MNIST meta.json");
  };
  const firstFile = (meta: Meta) => {
    const file = meta.splits.train.inputs[0];
    if (file === undefined) throw new Error("no file listed");
    return file;
  };

  it("passes as committed, and names the licence", async () => {
    expect((await parse(() => {})()).licence).toBe("CC BY-SA 3.0");
  });

  it.each<[string, (meta: Meta & Record<string, unknown>) => void, RegExp]>([
    ["another version", (meta) => (meta["version"] = 2), /at version, got 2/],
    ["an unknown field", (meta) => (meta["surprise"] = 1), /at surprise/],
    ["no licence", (meta) => delete meta["licence"], /at licence/],
    ["a long title", (meta) => (meta["title"] = "x".repeat(81)), /at title, got 81/],
    ["a path that climbs", (meta) => (firstFile(meta).path = "../../etc/passwd"), /at splits\.train\.inputs\.0\.path/],
    ["a path elsewhere", (meta) => (firstFile(meta).path = "//host/file"), /at splits\.train\.inputs\.0\.path/],
    ["a huge image", (meta) => (meta.inputShape = [28, 28, 5000]), /at inputShape\.2, got 5000/],
    ["a fractional size", (meta) => (meta.inputShape = [28, 28, 0.5]), /at inputShape\.2/],
    ["a huge file", (meta) => (firstFile(meta).byteLength = 2 ** 40), /at splits\.train\.inputs\.0\.byteLength/],
    ["a bad hash", (meta) => (firstFile(meta).sha256 = "00"), /at splits\.train\.inputs\.0\.sha256/],
    ["too many files", (meta) => (meta.splits.train.labels = new Array(65).fill(firstFile(meta))), /labels, got 65/],
    ["one class", (meta) => (meta["classes"] = ["0"]), /at classes, got 1/],
    [
      "bytes that do not fit the count",
      (meta) => (firstFile(meta).byteLength -= 1),
      /train inputs: .* 47040000 .* 47039999/,
    ],
  ])("is refused with %s", async (_name, change, message) => {
    const error: unknown = await parse(change)().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatasetError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/MNIST meta\.json.*: expected .+, got .+\. Restore the file\./);
  });

  it("must agree with the registry", async () => {
    const error = await failure(
      replacing("mnist/meta.json", (bytes) =>
        new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"id": "mnist"', '"id": "other"')),
      ),
    );
    expect(error.message).toContain('got ["other"');
  });
});

describe("XOR", () => {
  it("is the truth table", async () => {
    const data = await xor.load(() => Promise.reject(new Error("XOR reads no file")));
    const rows = Array.from(columnOf(data.train, "label"), (label, i) => [
      ...columnOf(data.train, "point").slice(2 * i, 2 * i + 2),
      label,
    ]);
    expect(rows).toEqual([
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ]);
    expect(data.columns).toEqual({
      point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["a", "b"] },
      label: { kind: "class", shape: [], dtype: "u8", scale: 1, names: ["0", "1"] },
    });
    expect(data.test).toEqual(data.train);
    expect(data.train.count).toBe(xor.trainCount);
  });
});

describe("the registry", () => {
  it("knows each dataset by its own id", () => {
    for (const [id, def] of Object.entries(datasets)) expect(def.id).toBe(id);
  });
});
