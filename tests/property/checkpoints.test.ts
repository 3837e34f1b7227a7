// Checkpoint files from anywhere: whatever was written is read back to the bit, and whatever was tampered with is refused with a
// reason, before more is allocated than the file is long.
import * as fc from "fast-check";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { FileError } from "../../src/engine/errors";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../../src/engine/io/checkpoint";
import { writeSafetensors } from "../../src/engine/io/safetensors";

const good: Checkpoint = {
  description: { version: 2, name: "Ünï" },
  books: {
    step: 23,
    order: { seed: 7, epoch: 2, position: 3, stepsPerEpoch: 10, samples: 95, shuffled: true },
    elapsedMs: 1234.5,
    best: { loss: 0.1 + 0.2, epoch: 1, step: 10 },
    patientFrom: 0,
    firstLoss: 2.3,
    rates: { model: 1e-3 },
    epochMean: { first: 21, last: 23, samples: 30, values: { loss: 0.5 } },
    validation: null,
  },
  machine: { build: "b", backend: "cpu", adapter: "CPU", kernels: { "1x2x3": "tiled in 2" } },
  tensors: { "model/trained": Float32Array.of(1, -0, 2 ** -149), "model/slot/mean": Float32Array.of(3) },
  best: { "model/trained": Float32Array.of(4, 5, 6), "model/slot/mean": Float32Array.of(7) },
};
const file = await writeCheckpoint(good);

/** The reason for which a file is refused; undefined where it is read. */
async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await readCheckpoint(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    expect(error.message).toMatch(/expected .+, got .+\. .+\. Nothing has changed\.$/s);
    return error.message;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A file with whatever metadata, whose checksum is right. */
function signed(metadata: Readonly<Record<string, string>>, tensors: Checkpoint["tensors"] = good.tensors): Uint8Array {
  const none = "0".repeat(64);
  const arrays = Object.entries(tensors).map(([name, data]) => [name, { shape: [data.length], data }] as const);
  const unsigned = { tensors: Object.fromEntries(arrays), metadata: { ...metadata, checksum: none } };
  const sum = hex(sha256(writeSafetensors(unsigned)));
  return writeSafetensors({ ...unsigned, metadata: { ...unsigned.metadata, checksum: sum } });
}

/** A file with this header before these bytes. */
function withHeader(header: string, data: Uint8Array = new Uint8Array(), length = Buffer.byteLength(header)) {
  const bytes = new Uint8Array(8 + Buffer.byteLength(header) + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(Buffer.from(header), 8);
  bytes.set(data, 8 + Buffer.byteLength(header));
  return bytes;
}

const metadata = {
  format: "descent-checkpoint",
  version: "1",
  books: JSON.stringify({ ...good.books, best: { loss: null, epoch: 0, step: null } }),
  machine: JSON.stringify(good.machine),
  description: "{}",
};

describe("what was written", () => {
  it("is read back to the bit", async () => {
    const read = await readCheckpoint(file);
    expect(read).toEqual(good);
    expect(Object.is(read.tensors["model/trained"]?.[1], -0)).toBe(true);
    expect(await refusal(signed(metadata))).toBeUndefined();
  });

  it("is so for any finite numbers, names and lengths", async () => {
    const numbers = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 9 });
    const names = fc
      .string({ unit: "binary", maxLength: 9 })
      .filter((name) => !/^(best\/.*|__.*__|prototype|constructor)$/s.test(name));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, numbers, { maxKeys: 5, noNullPrototype: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        async (tensors, loss) => {
          const written = {
            ...good,
            tensors,
            best: null,
            books: { ...good.books, best: { loss, epoch: 1, step: null } },
          };
          const read = await readCheckpoint(await writeCheckpoint(written));
          expect(read.tensors).toEqual(tensors);
          expect(Object.is(read.books.best.loss, JSON.parse(JSON.stringify(loss)))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("what was tampered with is refused", () => {
  it("with any one byte changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = file.slice();
        bytes[at]! ^= change;
        expect(await refusal(bytes)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it("cut off anywhere, or with more behind", async () => {
    for (let length = 0; length < file.length; length += 7)
      expect(await refusal(file.subarray(0, length))).toBeDefined();
    expect(await refusal(Uint8Array.from([...file, 0]))).toBeDefined();
  });

  it("as noise, and as a header of any JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 64 }),
        async (bytes) => void expect(await refusal(bytes)).toBeDefined(),
      ),
      {
        numRuns: 200,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => void expect(await refusal(withHeader(json))).toBeDefined()),
      { numRuns: 200 },
    );
  });

  it("with any part of the books of another kind, signed or not", async () => {
    const paths: (readonly string[])[] = [];
    const walk = (value: unknown, path: readonly string[]): void => {
      paths.push(path);
      if (typeof value === "object" && value)
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    };
    walk(good.books, []);
    const wrong = [undefined, "1", -1, 1.5, 1e308, true, [], { __proto__: null, a: 1 }];
    const put = (value: unknown, [key, ...rest]: readonly string[], given: unknown): unknown => {
      if (key === undefined) return given;
      const inner = typeof value === "object" && value ? Object.entries(value) : [];
      return Object.fromEntries(inner.map(([name, item]) => [name, name === key ? put(item, rest, given) : item]));
    };
    // Of these a value of the kind is a good one.
    const free = (path: readonly string[], given: unknown): boolean => {
      const [last = ""] = path.slice(-1);
      if (given === undefined) return path.length > 1 && ["rates", "values"].includes(path.at(-2) ?? "");
      if (typeof given === "boolean") return last === "shuffled";
      if (typeof given === "object") return ["rates", "values", "validation"].includes(last) && !Array.isArray(given);
      if (typeof given !== "number" || typeof put(good.books, path, 0) !== "object") return false;
      if (last === "patientFrom") return given >= 0 && given < 2;
      return ["elapsedMs", "loss", "firstLoss", "model"].includes(last) && (given >= 0 || last.match(/loss/i) !== null);
    };
    let refused = 0;
    for (const path of paths) {
      for (const given of wrong) {
        if (free(path, given) || (path.length > 0 && path[0] === "best")) continue;
        const books = put(JSON.parse(metadata.books), path, given);
        expect(
          await refusal(signed({ ...metadata, books: JSON.stringify(books) ?? "" })),
          `${path.join()} ${JSON.stringify(given)}`,
        ).toBeDefined();
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(90);
  });

  it.each<[string, string, Uint8Array | Promise<Uint8Array>]>([
    ["a header longer than the file", "at most", withHeader("{}", undefined, 2 ** 40)],
    ["a header longer than any", "at most 1048576", withHeader(" ".repeat(2 ** 20 + 8))],
    ["a header nested without end", "JSON", withHeader("[".repeat(200_000))],
    [
      "arrays of petabytes",
      "bytes for",
      withHeader(`{"a":{"dtype":"F32","shape":[9e15],"data_offsets":[0,4]}}`, new Uint8Array(4)),
    ],
    [
      "a size that overflows",
      "bytes for",
      withHeader(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, new Uint8Array(4)),
    ],
    [
      "arrays that overlap",
      "to follow",
      withHeader(
        `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
        new Uint8Array(4),
      ),
    ],
    [
      "an array of another kind",
      "to be F32",
      withHeader(`{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, new Uint8Array(2)),
    ],
    [
      "a name that every object has",
      "names of arrays",
      withHeader(`{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`),
    ],
    ["metadata that are no text", "__metadata__", withHeader(`{"__metadata__":{"format":{}}}`)],
    ["another format", "the format", signed({ ...metadata, format: "pt" })],
    ["a version to come", "version 1", signed({ ...metadata, version: "2" })],
    ["books that are not JSON", "books as JSON", signed({ ...metadata, books: "{" })],
    ["no description", "description in the header", signed({ ...metadata, description: undefined as never })],
    ["NaN", "finite numbers", signed(metadata, { a: Float32Array.of(0, NaN) })],
    ["an infinity", "Infinity at 1", signed(metadata, { a: Float32Array.of(0, Infinity) })],
    [
      "a best state that nothing tells of",
      "the best state",
      signed(metadata, { ...good.tensors, "best/a": Float32Array.of(0) }),
    ],
    [
      "a best state unlike the last",
      "to be like the last",
      writeCheckpoint({ ...good, best: { "model/trained": Float32Array.of(1) } }),
    ],
    [
      "a place that is not that of the step",
      "step 23",
      writeCheckpoint({ ...good, books: { ...good.books, step: 23, order: { ...good.books.order, position: 4 } } }),
    ],
    [
      "a best epoch in the future",
      "best epoch",
      writeCheckpoint({ ...good, books: { ...good.books, best: { loss: 1, epoch: 9, step: 10 } } }),
    ],
    [
      "polluted books",
      "books as JSON",
      signed({ ...metadata, books: metadata.books.replace("{", '{"__proto__":{"polluted":1},') }),
    ],
  ])("%s", async (_, reason, bytes) => {
    expect(await refusal(await bytes)).toContain(reason);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
