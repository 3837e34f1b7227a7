// Links and files of models: what is put in comes out, defaults and single bits of losses included, and what is hostile is refused
// with a reason. And the comparison of two runs by their first losses.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchPreset } from "../../app/model/matchPreset";
import { readModelFile } from "../../app/share/modelFile";
import { type LinkContent, type LinkState, readLink, writeLink } from "../../app/store/linkText";
import { countOf, forgetLosses, lossesFor, noteLosses, useLosses, verdictOf } from "../../app/store/losses";
import { initialPreferences } from "../../app/store/ui";
import {
  defaultConfig,
  defOf,
  isSameModel,
  type ModelDescription,
  presets,
  readDescription,
  withoutDefaults,
} from "../../src/engine";
import { isFull } from "../support/full";
import { modelOf, networkOf, withBlocks, withRate } from "../support/models";

const perceptron = presets.perceptron.description;
const view = initialPreferences;

async function linkOf(content: Partial<LinkContent>): Promise<string> {
  const link = await writeLink({ model: perceptron, losses: null, view, ...content });
  if (link === null) throw new Error("expected a link, got none");
  return link.hash;
}

async function opened(link: string): Promise<LinkState> {
  const found = await readLink(link);
  if ("key" in found) throw new Error(`expected a link, got ${JSON.stringify(found)}`);
  return found;
}

/** Any text as a link would carry it. */
async function linkWith(json: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = Buffer.from(await new Response(stream).arrayBuffer());
  return `#link=1.${bytes.toString("base64url")}`;
}

/** With every default spelled out. */
function spelledOut(model: ModelDescription): ModelDescription {
  const networks = Object.entries(model.networks).map(([name, network]) => {
    const blocks = network.blocks.map((block) => ({
      ...block,
      config: { ...defaultConfig(defOf(block.type).fields), ...block.config },
    }));
    return [name, { ...network, blocks }] as const;
  });
  return { ...model, networks: Object.fromEntries(networks) };
}

describe("a link", () => {
  it.each(Object.entries(presets))("carries %s, word for word", async (_, { description }) => {
    const link = await linkOf({ model: description });
    expect(link.length).toBeLessThan(1200);
    expect((await opened(link)).model).toEqual(description);
  });

  it("says nothing of defaults, whether they are spelled out or not", async () => {
    const model = { ...perceptron, name: "Mine" };
    const plain = modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]]);
    expect(withoutDefaults(spelledOut(plain))).toEqual(withoutDefaults(plain));
    expect(JSON.stringify(withoutDefaults(model))).not.toMatch(/version|useBias|clipNorm|constant/);
    expect((await opened(await linkOf({ model }))).model).toEqual(model);
  });

  it("and a draft are known as the preset that they hold", () => {
    const ids = Object.keys(presets);
    const drafts = Object.values(presets).map(({ description }) => readDescription(JSON.stringify(description)));
    expect(drafts.map((draft) => matchPreset(draft))).toEqual(ids);
    expect(matchPreset(withRate(perceptron, 0.7))).toBeNull();
  });

  it("carries losses to the bit and how the page looks", async () => {
    const values = { loss: [2.302585, 1 / 3, 1e-30].map(Math.fround) };
    const losses = { machine: "cpu: WebAssembly", values };
    const seen = { ...view, xUnit: "epoch", smoothing: 0.3, logCharts: ["loss"] } as const;
    const found = await opened(await linkOf({ losses, view: seen }));
    expect(found.losses).toEqual(losses);
    // And nothing that is the reader's own, as what was dismissed and how wide the parts are.
    const { resultsView, fitCharts } = view;
    expect(found.view).toEqual({ xUnit: "epoch", smoothing: 0.3, logCharts: ["loss"], resultsView, fitCharts });
  });

  it("is not made of a model that is too large for it", async () => {
    // Names of characters that hardly repeat.
    const nameOf = (i: number): string =>
      Array.from({ length: 60 }, (_, k) => String.fromCharCode(0x4e00 + (((i * 60 + k) * 7919) % 20_000))).join("");
    const layers = Array.from({ length: 60 }, (_, i) => ["Dense", { units: 100 + i }] as const);
    const model = modelOf(layers);
    const blocks = networkOf(model).blocks.map((block, i) => ({ ...block, name: nameOf(i) }));
    expect(await writeLink({ model, losses: null, view })).not.toBeNull();
    expect(await writeLink({ model: withBlocks(model, blocks), losses: null, view })).toBeNull();
  });
});

/** Values that have broken readers of JSON. */
const evil = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, -1, 1e308, "", "<img src=x onerror=alert(1)>", "x".repeat(20_000), [[[[]]]]),
  fc.jsonValue(),
  fc.array(fc.constant("a"), { minLength: 200, maxLength: 300 }),
);

/** A model with one of its parts replaced. */
const spoilt = fc.tuple(fc.constantFrom(...Object.values(presets)), fc.nat(), evil).map(([preset, at, value]) => {
  const model: unknown = structuredClone(preset.description);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== "object" || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key });
      visit((holder as Record<string, unknown>)[key]);
    }
  };
  visit(model);
  const place = places[at % places.length];
  if (place) place.holder[place.key] = value;
  return model;
});

describe("what is hostile", () => {
  const bomb = new Uint8Array(5_000_000);
  const nested = `{"model":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const branches = `${'{"type":"Residual","id":"r","branches":[['.repeat(4000)}${"]]}".repeat(4000)}`;
  it.each<[string, () => Promise<string>]>([
    ["no base64", async () => "#link=1.%%%"],
    ["cut off", async () => (await linkOf({ model: presets.convnet.description })).slice(0, 60)],
    ["of another version", async () => (await linkOf({})).replace("=1.", "=7.")],
    ["too long", async () => `#link=1.${"A".repeat(9000)}`],
    ["a bomb of zeros", () => linkWith(bomb)],
    ["nested", () => linkWith(nested)],
    [
      "branches in branches",
      () => linkWith(`{"model":{"name":"a","dataset":"mnist","networks":{"model":{"blocks":[${branches}]}}}}`),
    ],
    ["a prototype", () => linkWith(`{"model":{"__proto__":{"a":1}},"__proto__":{"b":2}}`)],
    ["more than a link has", () => linkWith(JSON.stringify({ model: withoutDefaults(perceptron), train: true }))],
    [
      "losses of no kind",
      () => linkWith(JSON.stringify({ model: withoutDefaults(perceptron), losses: { machine: 1 } })),
    ],
  ])("is refused: a link that is %s", async (_, make) => {
    expect(await readLink(await make())).toHaveProperty("key");
    expect(Object.prototype).not.toHaveProperty("b");
  });

  it("is refused with a reason, or is a sound model: links and files with any part replaced", async () => {
    const takes = async (model: unknown): Promise<void> => {
      const found = await readLink(await linkWith(JSON.stringify({ model })));
      // Defaults that are spelled out are not carried on.
      if (!("key" in found)) {
        const again = await opened(await linkOf({ model: found.model }));
        expect(isSameModel(again.model, found.model)).toBe(true);
      }
      const file = new Blob([JSON.stringify(model)]);
      await readModelFile(file).then(
        (read) => expect(read.version).toBe(2),
        (error: unknown) => expect(String(error)).toMatch(/expected|Expected|twice|unknown|more than/),
      );
    };
    await fc.assert(fc.asyncProperty(spoilt, takes), { numRuns: isFull ? 500 : 40 });
  });

  it("is refused before it is read: a file of 10 MB", async () => {
    const file = new Blob(["x".repeat(10_000_000)]);
    await expect(readModelFile(file)).rejects.toThrow(/expected at most .*, got 10.0 MB/);
    await expect(readModelFile(new Blob([`${"[".repeat(10_000)}${"]".repeat(10_000)}`]))).rejects.toThrow();
  });
});

describe("the first losses", () => {
  const batch = (first: number, values: readonly number[]) => ({
    first,
    count: values.length,
    stepsPerEpoch: 100,
    elapsedMs: new Float64Array(values.length),
    values: { loss: Float32Array.from(values), accuracy: new Float32Array(values.length) },
  });
  const hundred = Array.from({ length: 120 }, (_, i) => 1 / (i + 1));

  it("are those of steps 1, 10 and 100 of one run whose settings stayed", () => {
    const note = (first: number, values: readonly number[], model = perceptron): void =>
      noteLosses(batch(first, values), ["loss"], model, "cpu");
    note(1, hundred.slice(0, 30));
    expect(lossesFor(perceptron)?.values).toEqual({ loss: [1, Math.fround(0.1)] });
    note(31, hundred.slice(30), withRate(perceptron, 0.5));
    expect(lossesFor(perceptron)?.values["loss"]).toHaveLength(2);
    note(31, hundred.slice(30));
    expect(lossesFor(perceptron)?.values["loss"]?.[2]).toBe(Math.fround(0.01));
    expect(lossesFor(withRate(perceptron, 0.5))).toBeNull();
    forgetLosses(50);
    expect(lossesFor(perceptron)?.values["loss"]).toHaveLength(2);
    forgetLosses();
    expect(useLosses.getState().own).toBeNull();
    // Taken up after step 10, nothing is known of a run's beginning.
    note(20, hundred.slice(20));
    expect(lossesFor(perceptron)).toBeNull();
  });

  it("say whether two runs are the same, the same but for rounding, or where they part", () => {
    const of = (machine: string, ...loss: number[]) => ({ machine, values: { loss } });
    const linked = of("cpu", 2, 1, 0.5);
    expect(countOf(linked)).toBe(3);
    expect(verdictOf(linked, of("cpu", 2, 1))).toBeUndefined();
    expect(verdictOf(linked, of("cpu", 2, 1, 0.5))).toMatchObject({ kind: "same", steps: [1, 10, 100] });
    expect(verdictOf(linked, of("gpu", 2, 1.0000005, 0.5))).toMatchObject({ kind: "close", isOtherMachine: true });
    const parted = { kind: "different", steps: [1, 10, 100], step: 10, now: 1.00001 };
    expect(verdictOf(linked, of("cpu", 2, 1.00001))).toMatchObject(parted);
    expect(verdictOf(linked, of("cpu", NaN))).toMatchObject({ kind: "different", step: 1 });
  });
});
