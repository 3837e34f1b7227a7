// Five hundred hostile links, model files, files of runs and checkpoints: each is refused with a reason, changes nothing, and takes no
// 100 MB of memory on the way. Linux alone tells how much a moment took: elsewhere what is held after each is looked at.
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelFile } from "../../app/share/modelFile";
import { tell } from "../../app/common/words";
import { readLink, writeLink } from "../../app/store/linkText";
import { initialPreferences } from "../../app/store/ui";
import { fileSource } from "../../scripts/support/fileSource";
import { withoutDefaults } from "../../src/engine";
import { writeSafetensors } from "../../src/engine/io/safetensors";
import { sha256 } from "../../src/engine/digest";
import { hash4 } from "../../src/engine/random";
import { KeepingTrainer } from "../../src/engine/trainer/keepingTrainer";
import type { TrainerEvent } from "../../src/engine/trainer/protocol";
import { packRuns, unpackRuns } from "../../src/engine/trainer/runFile";
import { english } from "../../src/engine/words/said";
import { modelOf } from "../support/models";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

const EACH = 125;
const MAX_BYTES = 100e6;

const model = modelOf(
  [
    ["Dense", { units: 4 }],
    ["Dense", { units: 1, activation: "sigmoid" }],
  ],
  { batchSize: 1, epochs: 50, validationCount: 1, loss: "meanSquaredError" },
  "xor",
);

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** The most bytes that something took over what there was before. */
async function peakOf(work: () => Promise<void>): Promise<number> {
  collect();
  const before = process.memoryUsage.rss();
  const isTold = process.platform === "linux";
  if (isTold) writeFileSync("/proc/self/clear_refs", "5");
  await work();
  if (!isTold) return process.memoryUsage.rss() - before;
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024 - before;
}

const MARKUP = '"><img src=x onerror=alert(1)>';
const LONG = "x".repeat(10_000_000);
const DEEP = 10_000;
const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** The kinds of harm that JSON does. */
const harms = ["type", "markup", "long", "nested", "proto", "many", "cut"] as const;

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every value within a value, but for those that a key of these is above. */
function placesOf(value: unknown, passedOver: readonly string[]): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) =>
    passedOver.includes(key) ? [] : [{ holder, key }, ...placesOf(holder[key], passedOver)],
  );
}

/** A value of a kind that is surely not wanted where this one is. */
function otherThan(value: unknown, n: number): unknown {
  if (typeof value === "number") return ["12", {}, [1], true, -1e308][n % 5];
  if (typeof value === "string") return [7, {}, [], false][n % 4];
  if (typeof value === "boolean") return ["yes", 2, {}][n % 3];
  if (Array.isArray(value)) return [7, "a", { length: 1e9 }][n % 3];
  return [7, "a", [[]]][n % 3];
}

/** JSON that does harm, made of JSON that does none. Texts are put in by a mark, since they are none that JSON would be made of.
 *  @param passedOver keys whose values may be anything */
function harmful(good: unknown, n: number, passedOver: readonly string[]): string {
  const harm = harms[n % harms.length];
  const value: unknown = structuredClone(good);
  const all = placesOf(value, passedOver);
  const { holder, key } = all[hash4(n, 1, 0, 0) % all.length] ?? { holder: {}, key: "" };
  const mark = "here-it-goes";
  const written = (text: string): string => {
    holder[key] = mark;
    return JSON.stringify(value).replace(`"${mark}"`, () => text);
  };
  if (harm === "type") {
    holder[key] = otherThan(holder[key], hash4(n, 2, 0, 0));
    return JSON.stringify(value);
  }
  // Texts may hold markup, which is written as text: as a key, or in place of what is none, it is refused.
  if (harm === "markup")
    return typeof holder[key] === "string" ? written(JSON.stringify([MARKUP])) : written(JSON.stringify(MARKUP));
  if (harm === "long") return written(JSON.stringify(LONG));
  if (harm === "nested") return written(n % 2 === 0 ? nested(DEEP) : `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`);
  if (harm === "proto") {
    const inner = JSON.stringify(holder[key]) ?? "null";
    return written(`{"${n % 2 === 0 ? "__proto__" : "\\u005f_proto__"}":{"isHostile":true},"a":${inner}}`);
  }
  if (harm === "many") return written(`[${"{},[],".repeat(n % 2 === 0 ? 3_000_000 : 140_000)}0]`);
  const text = JSON.stringify(value);
  return text.slice(0, 1 + (hash4(n, 3, 0, 0) % (text.length - 1)));
}

const deflated = async (bytes: BlobPart): Promise<string> => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url");
};

/** Changes a number in the list at a zip's end, of the entry of a name. */
function lie(zip: Uint8Array, name: string, field: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(zip);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length - 46; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const length = view.getUint16(at + 28, true);
    if (strFromU8(bytes.subarray(at + 46, at + 46 + length)) === name) view.setUint32(at + field, value, true);
  }
  return bytes;
}
/** Fields of such an entry: bytes as packed, and as unpacked. */
const [PACKED, UNPACKED] = [20, 24];

const store = new MemoryRuns();
let trainer: KeepingTrainer;
const events: TrainerEvent[] = [];
let runsFile: Record<string, Uint8Array>;
let checkpoint: Uint8Array<ArrayBuffer>;
const peaks: Record<string, number[]> = {};

beforeAll(async () => {
  trainer = new KeepingTrainer({
    gpu: undefined,
    openSource: () => fileSource,
    openRuns: async () => store,
    build: "b",
  });
  trainer.listen((event) => events.push(event));
  await trainer.keep(() => {});
  await trainer.prepare(model, { ...onCpu, threads: 1 });
  await trainer.train(20);
  await trainer.keeper.flush();
  runsFile = unzipSync(
    new Uint8Array(await (await packRuns(store, [...store.runs.keys()], (all) => all)).arrayBuffer()),
  );
  checkpoint = (await trainer.checkpoint()) ?? new Uint8Array();
});
afterAll(async () => {
  await trainer.dispose();
});

/** Reads many, one by one, each within its memory. @param read says what was wrong with it; undefined where nothing was */
async function expectRefused(
  what: string,
  make: (n: number) => Promise<unknown> | unknown,
  read: (made: never) => Promise<string | undefined>,
): Promise<void> {
  const own: number[] = (peaks[what] = []);
  for (let n = 0; n < EACH; n++) {
    const made = await make(n);
    let reason: string | undefined;
    own.push(await peakOf(async () => void (reason = await read(made as never))));
    expect(reason, `${what} ${n}`).toMatch(/\w+ .*[.)\w"]$/s);
    expect(own[n], `${what} ${n}: bytes`).toBeLessThan(MAX_BYTES);
    expect({}, `${what} ${n}`).not.toHaveProperty("isHostile");
  }
  const most = own.toSorted((a, b) => b - a);
  console.log(`${what}: ${own.length} of ${EACH} refused; at most ${((most[0] ?? NaN) / 1e6).toFixed(0)} MB`);
}

/** What an error says. */
async function told(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("what is hostile is refused with a reason, changes nothing, and takes no 100 MB", () => {
  it("as a link", async () => {
    const good = { model: withoutDefaults(model), losses: { machine: "cpu", values: { loss: [0.5] } } };
    const { hash = "" } = (await writeLink({ model, losses: null, view: initialPreferences })) ?? {};
    const others = [
      async () => `#link=1.${await deflated(new Uint8Array(500_000_000))}`.slice(0, 8192),
      async () => `#link=1.${await deflated(new Uint8Array(5_000_000))}`,
      async () => `#link=1.${"A".repeat(10_000_000)}`,
      async () => hash.slice(0, hash.length / 2),
      async () => `#link=2.${await deflated(Uint8Array.from([...strToU8(JSON.stringify(good)), 0, 255, 255]))}`,
    ];
    await expectRefused(
      "links",
      async (n) => {
        if (n < others.length) return await others[n]?.();
        return `#link=1.${await deflated(harmful(good, n, []))}`;
      },
      async (link: string) => {
        const found = await readLink(link);
        return "key" in found ? tell(found) : undefined;
      },
    );
  });

  it("as a file of a model", async () => {
    await expectRefused(
      "files of models",
      (n) => new Blob([harmful(model, n, [])]),
      async (file: Blob) => told(readModelFile(file)),
    );
  });

  it("as a file of runs", { timeout: 300_000 }, async () => {
    const index: unknown = JSON.parse(strFromU8(runsFile["runs.json"] ?? new Uint8Array()));
    const stored: Zippable = Object.fromEntries(
      Object.entries(runsFile).map(([name, file]) => [name, [file, { level: 0 }]]),
    );
    const zipOf = (json: string): Uint8Array => zipSync({ ...stored, "runs.json": [strToU8(json), { level: 6 }] });
    const good = zipOf(JSON.stringify(index));
    const bomb = new Uint8Array(400_000_000);
    const others: (() => Uint8Array)[] = [
      () => zipSync({ ...stored, "runs.json": bomb }),
      () => zipSync({ "runs.json": new Uint8Array(30_000_000).fill(32) }),
      () => zipSync({ "runs.json": new Uint8Array(16_000_000).fill(32) }),
      () => zipOf(`{"format":"descent-runs","version":1,"runs":[${"{},".repeat(590_000)}0]}`.slice(0, 16_000_000)),
      () => lie(zipSync({ "runs.json": bomb }), "runs.json", UNPACKED, 1000),
      () => lie(good, "runs.json", UNPACKED, 0xfffffff0),
      () => lie(good, "0/train", UNPACKED, 0xfffffff0),
      () => lie(good, "0/train", PACKED, 0xfffffff0),
      () => zipSync({ ...runsFile, "0/train": bomb }),
      () => zipSync({ ...stored, "0/0.safetensors": new Uint8Array(100) }),
      () => good.slice(0, good.length / 2),
      () => new Uint8Array(1_000_000),
    ];
    await expectRefused(
      "files of runs",
      (n) =>
        // The state is taken for that of a pause where it is none, and names and notes are any text.
        new Blob([
          Uint8Array.from(others[n]?.() ?? zipOf(harmful(index, n, ["state", "name", "note", "code", "parent"]))),
        ]),
      async (file: Blob) => {
        const there = new MemoryRuns();
        const reason = await told(
          unpackRuns(file, there).then(({ added, refused }) => {
            if (added === 0 && refused.length > 0) throw new Error(refused[0]?.reason);
          }),
        );
        expect([there.runs.size, there.kept.size, there.infos.size, there.files.size, there.marks.size]).toEqual([
          0, 0, 0, 0, 0,
        ]);
        return reason;
      },
    );
  });

  it("as a checkpoint", async () => {
    const before = await trainer.session?.snapshot(20);
    const headerLength = Number(new DataView(checkpoint.buffer).getBigUint64(0, true));
    const header: Readonly<Record<string, Record<string, string>>> = JSON.parse(
      strFromU8(checkpoint.subarray(8, 8 + headerLength)),
    );
    const { __metadata__: given = {}, ...arrays } = header;
    const data = checkpoint.subarray(8 + headerLength);
    const fileOf = (json: string, length = 0): Uint8Array<ArrayBuffer> => {
      const text = strToU8(json);
      const bytes = new Uint8Array(8 + text.length + data.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(length || text.length), true);
      bytes.set(text, 8);
      bytes.set(data, 8 + text.length);
      return bytes;
    };
    /** With a checksum that is right, so that what comes after it is reached. */
    const signed = async (metadata: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> => {
      const none = "0".repeat(64);
      const bytes = fileOf(JSON.stringify({ __metadata__: { ...metadata, checksum: none }, ...arrays }));
      const at = strFromU8(bytes, true).indexOf(none);
      bytes.set(strToU8(await sha256(bytes)), at);
      return bytes;
    };
    const good = Object.fromEntries(
      (["books", "machine", "description"] as const).map((key) => [key, JSON.parse(given[key] ?? "")]),
    );
    const kinds = ["books", "machine", "description"] as const;
    const bare = { format: "descent-checkpoint", version: "1" };
    const lies = [
      () => fileOf(JSON.stringify(header), 2 ** 40),
      () => fileOf(JSON.stringify(header), 2 ** 31),
      () => fileOf(JSON.stringify(header).replace(/"shape":\[\d+\]/, '"shape":[1000000000,1000000000]')),
      () => fileOf(JSON.stringify(header).replace(/"data_offsets":\[\d+,\d+\]/, '"data_offsets":[0,4000000000]')),
      () => fileOf(JSON.stringify(header).replaceAll(/"data_offsets":\[\d+,\d+\]/g, '"data_offsets":[0,16]')),
      () => fileOf(`{"a":${nested(DEEP)}}`),
      () => fileOf(`{"__proto__":{"isHostile":true}}`),
      () => fileOf(`{"__metadata__":{"format":"${LONG}"}}`),
      () => fileOf(`{"__metadata__":[${"{},".repeat(300_000)}0]}`),
      () => checkpoint.slice(0, checkpoint.length / 2),
      () => writeSafetensors({ tensors: {}, metadata: bare }),
      () => checkpoint.map((byte, i) => (i === checkpoint.length - 3 ? byte ^ 1 : byte)),
    ];
    await expectRefused(
      "checkpoints",
      async (n) => {
        const lied = lies[n]?.();
        if (lied) return lied;
        const kind = kinds[n % kinds.length] ?? "books";
        // A run on another adapter, or another build, is one; how it was called is any text, and the kernels may have any names.
        const text = harmful(good[kind], n, ["build", "adapter"]);
        return await signed({ ...given, ...bare, [kind]: text });
      },
      async (file: Uint8Array) => {
        events.length = 0;
        const resumed = await trainer.resume(file, { ...onCpu, threads: 1 });
        if (resumed !== null) return undefined;
        expect(events.filter(({ type }) => type === "status")).toEqual([]);
        const notices = events.flatMap((event) => (event.type === "notice" ? [english(event.notice.said)] : []));
        expect(notices).toHaveLength(1);
        return notices[0];
      },
    );
    expect(await trainer.session?.snapshot(20)).toEqual(before);
  });
});
