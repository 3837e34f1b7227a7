// The catalogue of sentences: that each is sound, and that what is said is written with all that it tells.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ModelError } from "../../src/engine/errors";
import { en as first } from "../../src/engine/words/en";
import { later } from "../../src/engine/words/en/later";
import {
  english,
  type Name,
  nameOf,
  render,
  say,
  type Said,
  type Value,
  type Words,
} from "../../src/engine/words/said";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/support/paths";
import { datasets } from "../../src/engine/data";
import { english as englishLanguage, type Translation, write } from "../../src/engine/languages/language";
import type { RecordWords } from "../../src/engine/languages/records";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { networkFields, trainingFields } from "../../src/engine/model/training";
import { categories } from "../../src/engine/nn/categories";
import { containers } from "../../src/engine/nn/containers";
import { layers } from "../../src/engine/nn/layers";
import { losses } from "../../src/engine/nn/losses";
import { metrics } from "../../src/engine/nn/metrics";
import { optimizers } from "../../src/engine/optim/optimizers";
import { schedules } from "../../src/engine/optim/schedules";
import { tasks } from "../../src/engine/tasks";
import { modelOf, reportOf } from "../support/models";

const en: Words = { ...first, ...later };

/** Stands for whatever a sentence may be told: it is a text, a list of two and a number at once. */
class Sample extends String {
  override *[Symbol.iterator](): StringIterator<string> {
    yield* ["one", "two"];
  }

  map<T>(change: (item: Sample) => T): T[] {
    return [...this].map((item) => change(new Sample(item)));
  }

  join(between: string): string {
    return [...this].join(between);
  }

  [Symbol.toPrimitive](hint: string): string | number {
    return hint === "number" ? 3 : this.toString();
  }
}

/** Values of any name. */
const anything = new Proxy({}, { get: (_, name) => new Sample(`‹${String(name)}›`) });

const entries = Object.entries(en).flatMap(([room, sentences]) =>
  Object.entries(sentences).map(([name, entry]): [string, string | ((values: never) => string)] => [
    `${room}.${name}`,
    entry,
  ]),
);

describe("the catalogue", () => {
  it("has been read", () => {
    expect(entries.length).toBeGreaterThan(80);
  });

  it.each(entries)("has a sound sentence at %s", (key, entry) => {
    const text = typeof entry === "string" ? entry : String(entry(anything as never));
    expect(text.trim()).toBe(text);
    expect(text).not.toBe("");
    // Visitors have no terminal; only who measures is told of one.
    if (!key.startsWith("bench.")) expect(text).not.toMatch(/\bnpm\b/);
    expect(text).not.toMatch(/ {2}|undefined|\[object|(?<!loss )NaN/);
    // No word twice in a row, no mark after a space or after another.
    expect(text).not.toMatch(/\b([a-z]+) \1\b/i);
    expect(text).not.toMatch(/ [,.;:!?]|[,.;:]{2}|\.\.(?!\.)/);
    // What opens with a capital and has a stop in it is sentences, and ends as one.
    if (/^[A-Z].*[a-z]{2}\. [A-Z]/.test(text)) expect(text).toMatch(/[.?!)]$/);
  });
});

describe("what is said", () => {
  const name: Name = { path: "losses.mine.title", english: "My loss" };

  it("is plain data, which a worker can send", () => {
    const said = say("notice.deviceLost", { reason: "x", step: 1200, isOnGpu: false, adapter: "A", lostSteps: 1 });
    expect(structuredClone(said)).toEqual(said);
    expect(english(structuredClone(said))).toBe(
      "The GPU was lost (x). Training goes on from step 1,200 on the CPU (A); 1 step was lost.",
    );
  });

  it("may hold other sentences, and names of records", () => {
    const inner: Said = say("fault.unsteady", { kernel: "matmul" });
    expect(render(say("backend.distrusted", { fault: inner }), en)).toBe(
      "This GPU computes matmul differently each time. Training runs on the CPU. See /selftest.",
    );
    const about = say("fault.unsteady", { kernel: name });
    expect(render(about, en)).toContain("computes My loss differently");
    expect(render(about, en, (path) => (path === name.path ? "我的" : undefined))).toContain(
      "computes 我的 differently",
    );
  });

  it("may hold lists of them", () => {
    const options: Value = ["a", name];
    expect(render({ key: "page.oneOf", values: { options } }, en)).toBe("one of a, My loss");
  });

  it("leaves to the sentence what there is nothing to tell of", () => {
    expect(render({ key: "inspect.backwardHint", values: { label: null } }, en)).toContain(
      "the loss of this sample changes",
    );
    expect(render({ key: "inspect.backwardHint", values: { label: "7" } }, en)).toContain("this sample, a 7, changes");
  });

  it("is written by another language, its numbers and order included", () => {
    const other = {
      ...en,
      notice: { ...en.notice, stoppedEarly: ({ bestEpoch }: { bestEpoch: number }) => `#${bestEpoch}` },
    };
    expect(render(say("notice.stoppedEarly", { bestEpoch: 3 }), other)).toBe("#3");
  });

  it("is the key itself where a language has no such sentence", () => {
    expect(render(say("train.start"), { notice: en.notice })).toBe("train.start");
  });

  it("is what an error's message says in English", () => {
    const error = new ModelError(say("notice.stoppedEarly", { bestEpoch: 3 }));
    expect(error.message).toBe(
      "Stopped early: the validation loss was best after epoch 3. The weights are those of the last epoch.",
    );
    expect(error.said).toEqual({ key: "notice.stoppedEarly", values: { bestEpoch: 3 } });
    expect(new ModelError("plain").said).toBeUndefined();
  });
});

describe("a model that is opened", () => {
  it("has no weights, unknown parts, or both, and all of that is said", () => {
    const said = (hasWeights: boolean, ignored: readonly string[], assumed: readonly string[]): string =>
      render(say("exports.openedPartly", { name: "Net", hasWeights, ignored, assumed }), en);
    expect(said(false, ["dense: axis"], [])).toMatch(/without its weights.* has no word for dense: axis\.$/);
    expect(said(true, [], ["Block"])).toBe(
      "Net is open, with its weights. A file does not hold the code of Block: read as in Keras's example.",
    );
  });
});

describe("every key", () => {
  const sources = ["app", "src/engine", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes(join("words", "en")))
      .map((path) => readFileSync(path, "utf8")),
  );
  const texts = new Set(sources.flatMap((source) => source.match(/"[a-zA-Z]+\.[a-zA-Z]+"/g) ?? []));
  // Some keys are put together: `status.${state}`.
  const patterns = [
    ...new Set(sources.flatMap((source) => source.match(/`[a-zA-Z]+\.\w*\$\{[^}`]+\}\w*`/g) ?? [])),
  ].map(
    (text) =>
      new RegExp(
        `^${text
          .slice(1, -1)
          .replace(".", "\\.")
          .replace(/\$\{[^}]+\}/, "\\w+")}$`,
      ),
  );

  it("is said by somebody", () => {
    const unused = entries
      .map(([key]) => key)
      .filter((key) => !texts.has(`"${key}"`) && !patterns.some((p) => p.test(key)));
    expect(unused).toEqual([]);
  });
});

describe("another language", () => {
  it("does not compile without a room, a sentence, or a word of a record", () => {
    expectTypeOf<Words>().toExtend<Words>();
    expectTypeOf<Omit<Words, "train">>().not.toExtend<Words>();
    expectTypeOf<Omit<Words["train"], "start">>().not.toExtend<Words["train"]>();
    type Dense = RecordWords["layers"]["Dense"];
    expectTypeOf<Omit<RecordWords["layers"], "Dense">>().not.toExtend<RecordWords["layers"]>();
    expectTypeOf<Omit<Dense, "help">>().not.toExtend<Dense>();
    expectTypeOf<Omit<Dense["fields"], "units">>().not.toExtend<Dense["fields"]>();
    expectTypeOf<{ label: string; help: string }>().toExtend<Dense["fields"]["units"]>();
    expectTypeOf<{ label: string }>().not.toExtend<Dense["fields"]["units"]>();
  });
});

describe("the words of records", () => {
  const records: Record<string, unknown> = {
    categories,
    containers,
    datasets,
    layers,
    losses,
    metrics,
    networks: { fields: networkFields },
    optimizers,
    presets,
    schedules,
    tasks,
    training: { fields: trainingFields },
  };
  /** English with every word of records in brackets, as another language has them, and sentences as they are. */
  const bracketed = (value: unknown): unknown => {
    if (typeof value === "string") return `[${value}]`;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bracketed(inner)]));
  };
  const other: Translation = { ...englishLanguage, words: en, records: bracketed(records) as RecordWords };

  it("are found by their paths", () => {
    const units = nameOf("layers.Dense.fields.units.label", "Units");
    expect(write(units, englishLanguage)).toBe("Units");
    expect(write(units, other)).toBe("[Units]");
    expect(write(nameOf("datasets.brought.title", "Mine"), other), "what a visitor brought").toBe("Mine");
    expect(write(nameOf("layers.toString.call", "own"), other)).toBe("own");
  });

  it("take the place of English in sentences, wherever a problem names a record", () => {
    const wrong: ModelDescription = {
      ...presets.autoencoder.description,
      dataset: "mnist",
      training: { ...presets.autoencoder.description.training, validationCount: 1e6 },
    };
    const bad = modelOf([["Flatten"], ["Dense", { units: 0 }]], {
      loss: "binaryCrossentropy",
      optimizer: { type: "Adam", config: { learningRate: 99 } },
      schedule: { type: "cosine", config: { warmupEpochs: 50 } },
    });
    const lacking: ModelDescription = { ...presets.curve.description, dataset: "mnist" };
    const said = [wrong, bad, lacking, modelOf([["Flatten"], ["Dense", { units: 3 }]])]
      .flatMap((model) => reportOf(model).problems)
      .map((problem) => write(problem.said, other));
    expect(said).toEqual([
      expect.stringContaining("training samples of [MNIST]"),
      'Dense "dense" has a bad setting, [Units]: expected a whole number from 1 to 4,096, got 0.',
      "Training settings: [Learning rate]: expected a number from 0 to 10, got 99.",
      "[Predict a number] needs a column of numbers to predict, which [MNIST] does not have. Choose another dataset or task.",
      expect.stringMatching(/^\[Sparse categorical cross-entropy\] needs one output per class/),
    ]);
  });
});
