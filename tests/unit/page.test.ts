// The page's small pure parts: the address, what is stored, what is typed, where a drop lands, how numbers read.
import { describe, expect, it } from "vitest";
import { checkValue, readNumber, readShape, refusalOf, showNumber, stepNumber } from "../../app/fields/text";
import * as format from "../../app/common/format";
import { gapAt, isSamePlace, indexAfterMove } from "../../app/model/dropTarget";
import { sampleSchedule } from "../../app/model/SchedulePreview";
import { shortcutFor } from "../../app/shortcuts";
import { readDraft } from "../../app/store/draft";
import { readPreferences } from "../../app/store/ui";
import { profileRows, profileTotals } from "../../app/profile/rows";
import { writeReport } from "../../app/selftest/report";
import { describeTimeLeft } from "../../app/selftest/timeLeft";
import { readQuery } from "../../app/train/query";
import { tell } from "../../app/common/words";
import { describeSearch, describeState, shortAdapter } from "../../app/train/statusText";
import type { Field, NumberField, TrainerStatus } from "../../src/engine";
import {
  analyzeModel,
  requireDataset,
  expectationOf,
  layers,
  optimizers,
  presets,
  trainingFields,
  trainingFieldsFor,
} from "../../src/engine";
import { say } from "../../src/engine";

const perceptron = presets.perceptron.description;

describe("the address", () => {
  it("may ask for a backend and a preset", () => {
    expect(readQuery("?backend=cpu&preset=xor&threads=2")).toEqual({
      query: { backend: "cpu", preset: "xor", threads: 2 },
      problems: [],
    });
    expect(readQuery("?debug=plan").query).toEqual({ debug: "plan" });
    expect(readQuery("?debug=all").problems).toHaveLength(1);
    expect(readQuery("?tune=off").query).toEqual({ tune: "off" });
    expect(readQuery("?tune=later").problems).toHaveLength(1);
    expect(readQuery("")).toEqual({ query: {}, problems: [] });
  });

  it("is told what was ignored, and why", () => {
    const { query, problems } = readQuery("?backend=cuda&colour=blue&backend=cpu&toString=1");
    expect(query).toEqual({ backend: "cpu" });
    expect(problems.map(tell)).toEqual([
      'The address asks for backend "cuda", but expected one of auto, webgpu, cpu. It was ignored.',
      'The address has parameters that this page does not know: "colour" and "toString". They were ignored.',
    ]);
    expect(readQuery("?a=1&b=1&c=1&a=2&d=1&e=1").problems.map(tell)).toEqual([
      'The address has parameters that this page does not know: "a", "b", "c", and 2 more. They were ignored.',
    ]);
    expect(readQuery("?a=1").problems.map(tell)).toEqual([
      'The address has a parameter that this page does not know: "a". It was ignored.',
    ]);
    expect(readQuery("?utm_source=a&utm_campaign=b&fbclid=c&preset=xor")).toEqual({
      query: { preset: "xor" },
      problems: [],
    });
  });

  it.each([
    ["convnt", /expected something like convnet, .*of the \d+ presets in the list at the top\. It was ignored\.$/],
    ["Transformer", /expected something like names-transformer, book-transformer, transfer, of/],
    ["zzz", /expected one of the \d+ presets in the list at the top\. It was ignored\.$/],
  ])("names the nearest presets for %s, and not all of them", (wanted, told) => {
    expect(readQuery(`?preset=${wanted}`).problems.map(tell)[0]).toMatch(told);
  });

  it.each(["0", "65", "1.5", "two", "-1", "", "1e1"])("refuses %s threads", (threads) => {
    const { query, problems } = readQuery(`?threads=${threads}`);
    expect(query).toEqual({});
    expect(problems.map(tell)[0]).toContain("expected a whole number from 1 to 64");
  });

  it("counts the first of two, and shortens what is long", () => {
    expect(readQuery("?preset=xor&preset=convnet").query.preset).toBe("xor");
    expect(readQuery(`?${"x".repeat(5000)}=1`).problems.map(tell)[0]?.length).toBeLessThan(160);
  });
});

describe("what is stored", () => {
  it("comes back when it is valid", () => {
    expect(readDraft(JSON.stringify(perceptron))).toEqual({ description: perceptron, problem: null });
    expect(readDraft(null)).toEqual({ description: null, problem: null });
  });

  it.each(["", "{", "[]", "null", '{"version":2}', JSON.stringify({ ...perceptron, layers: [{}] })])(
    "is refused with a reason: %s",
    (json) => {
      const { description, problem } = readDraft(json);
      expect(description).toBeNull();
      expect(problem && tell(problem)).toMatch(/expected .+ got /s);
    },
  );

  it("falls back to defaults one preference at a time", () => {
    expect(readPreferences({ smoothing: 7, xUnit: "time", more: 1 })).toMatchObject({ smoothing: 0.6, xUnit: "time" });
    expect(readPreferences("junk")).toEqual(readPreferences({}));
    expect(readPreferences({ columnWidth: -3, curvesShare: 62.5, isColumnFolded: "no" })).toMatchObject({
      columnWidth: null,
      curvesShare: 62.5,
      isColumnFolded: false,
    });
  });
});

describe("what is typed", () => {
  const units: NumberField = {
    kind: "number",
    whole: true,
    step: 1,
    label: "Units",
    help: "",
    min: 1,
    max: 4096,
    default: 64,
  };
  const rate: NumberField = { ...units, whole: false, step: 0.05, min: 0, max: 0.95, default: 0.5 };

  it("is read, or refused with what would be right", () => {
    expect(readNumber(units, " 12 ")).toEqual({ value: 12 });
    expect(readNumber(rate, "0,5")).toEqual({ value: 0.5 });
    for (const text of ["", "abc", "1.5", "0", "5000", "Infinity"]) {
      expect(readNumber(units, text)).toEqual({ expected: say("setting.whole", { min: 1, max: 4096 }) });
    }
    for (const text of ["60,000", "6,0", "4,09", ",096"]) {
      expect(readNumber(units, text), `no decimal point in ${text}`).toHaveProperty("expected");
    }
    expect(readNumber(units, "4,096"), "grouped as the page shows it").toEqual({ value: 4096 });
    expect(readNumber(units, "4.096"), "grouped as others do").toEqual({
      expected: say("field.withoutPoint", { expected: say("setting.whole", { min: 1, max: 4096 }) }),
    });
    const wide: NumberField = { ...rate, max: 1e6 };
    for (const text of ["1,000", "12,000", "1,234,567"]) {
      expect(readNumber(wide, text), `${text} is a thousand to some`).toEqual({
        expected: say("field.withPoint", { expected: say("setting.number", { min: 0, max: 1e6 }) }),
      });
    }
    for (const [text, value] of [
      ["0,001", 0.001],
      ["1,0005", 1.0005],
      ["1.000", 1],
      ["1000", 1000],
    ] as const)
      expect(readNumber(wide, text)).toEqual({ value });
  });

  it("may write a shape in several ways", () => {
    const shape: Field = { kind: "shape", label: "Shape", help: "", maxRank: 4, default: [1] };
    for (const text of ["28×28×1", "28x28x1", "28, 28, 1", "28 28 1"])
      expect(readShape(shape, text)).toEqual({ value: [28, 28, 1] });
    for (const text of ["", "a", "0×2", "1×2×3×4×5", "1.000×2"])
      expect(readShape(shape, text)).toHaveProperty("expected");
  });

  it("is named when it was not used, unless there was nothing", () => {
    const expected = say("setting.number", { min: 0, max: 10 });
    expect(refusalOf(" 1e999 ", expected)).toBe("1e999 was not used: expected a number from 0 to 10.");
    expect(refusalOf(" ", expected)).toBe("The old value stays: expected a number from 0 to 10.");
    expect(refusalOf("9".repeat(5000), expected).length).toBeLessThan(80);
  });

  it("steps within the field's limits", () => {
    expect(stepNumber(units, 64, 1, false)).toBe(65);
    expect(stepNumber(units, 64, 1, true)).toBe(128);
    expect(stepNumber(units, 1, -1, false)).toBe(1);
    expect(stepNumber(rate, 0.1, 1, false)).toBe(0.15);
    const { learningRate } = optimizers.Adam.fields;
    if (learningRate?.kind !== "number") throw new Error("the learning rate is a number");
    expect(stepNumber(learningRate, 0.001, 1, false)).toBe(0.003);
    expect(stepNumber(learningRate, 0.002, -1, false)).toBe(0.001);
    expect(stepNumber(learningRate, 3, 1, false)).toBe(3);
  });

  it("is shown so that it reads back the same", () => {
    for (const value of [0, 0.001, 1e-7, 1e-10, 4096, 0.1 + 0.2]) {
      expect(Number(showNumber(value))).toBeCloseTo(value, 12);
    }
  });

  it("is expected within limits that read like the page's other numbers", () => {
    expect(tell(expectationOf({ ...rate, min: 0.01, max: 1e6 }))).toBe("a number from 0.01 to 1,000,000");
    expect(tell(expectationOf(trainingFields.seed))).toBe("a whole number from 0 to 4,294,967,295");
  });

  it("every default of every field is valid", () => {
    const all = [...Object.values(layers), ...Object.values(optimizers)].flatMap(({ fields }) => Object.values(fields));
    for (const field of [...all, ...Object.values(trainingFields)]) {
      expect(checkValue(field, field.default)).toEqual({ value: field.default });
    }
  });
});

describe("the limits of the training settings", () => {
  it.each(["mnist", "xor"] as const)("leave a sample of %s to train on", (dataset) => {
    const data = requireDataset(dataset);
    const { max } = trainingFieldsFor(data).validationCount;
    expect(max).toBe(data.trainCount - 1);
    const problemsAt = (validationCount: number): unknown[] =>
      analyzeModel(
        { ...perceptron, dataset, training: { ...perceptron.training, validationCount } },
        data,
      ).problems.filter(({ said }) => tell(said).includes("Validation samples"));
    expect([problemsAt(max).length, problemsAt(max + 1).length]).toEqual([0, 1]);
  });
});

describe("the state in words", () => {
  const preparing = {
    state: "preparing",
    phase: "loading",
    loading: { loadedBytes: 37, totalBytes: 100, isEnough: false },
  } as const;
  it.each<[Pick<TrainerStatus, "state" | "phase" | "loading">, boolean, string]>([
    [preparing, false, "Loading data 37%"],
    [{ ...preparing, loading: null }, false, "Preparing"],
    [{ ...preparing, phase: "testing" }, false, "Testing kernels"],
    [{ ...preparing, phase: "compiling" }, false, "Compiling the model"],
    [{ ...preparing, phase: "compiling" }, true, "Compiling the model"],
    [{ state: "empty", phase: null, loading: null }, false, "Starting"],
    [{ state: "empty", phase: null, loading: null }, true, "Blocked"],
    [{ state: "ready", phase: null, loading: null }, true, "Blocked"],
    [{ state: "running", phase: null, loading: null }, true, "Training"],
  ])("of %o, with errors: %s", (status, isBlocked, words) => {
    expect(describeState(status, isBlocked)).toBe(words);
  });

  it("names a search only while there is one", () => {
    expect(describeSearch("empty", "auto")).toBe("Looking for a GPU");
    expect(describeSearch("preparing", "cpu")).toBe("Starting the CPU");
    expect(describeSearch("failed", "auto")).toBe("No backend");
  });
});

describe("an adapter's name beside the backend's", () => {
  it.each([
    ["WebAssembly with relaxed SIMD, 2 threads", "WebAssembly, 2 threads"],
    ["WebAssembly with SIMD, 1 thread", "WebAssembly, 1 thread"],
    ["CPU (JavaScript)", "JavaScript"],
    ["apple metal-3", "apple metal-3"],
  ])("of %s is %s", (adapter, short) => {
    expect(shortAdapter(adapter)).toBe(short);
  });
});

describe("a drop", () => {
  const cards = [0, 50, 100].map((top) => ({ top, height: 40 }));

  it("lands in the gap nearest to the pointer", () => {
    expect([-10, 10, 30, 75, 119, 121, 999].map((y) => gapAt(cards, y))).toEqual([0, 0, 1, 2, 2, 3, 3]);
    expect(gapAt([], 5)).toBe(0);
  });

  it("moves a layer to the place the gap becomes", () => {
    expect(indexAfterMove(0, 3)).toBe(2);
    expect(indexAfterMove(2, 0)).toBe(0);
    expect([isSamePlace(1, 1), isSamePlace(1, 2), isSamePlace(1, 3)]).toEqual([true, true, false]);
  });
});

describe("shortcuts", () => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  it.each([
    [{ ...none, key: "z", ctrlKey: true }, "undo"],
    [{ ...none, key: "z", metaKey: true }, "undo"],
    [{ ...none, key: "Z", metaKey: true, shiftKey: true }, "redo"],
    [{ ...none, key: "y", ctrlKey: true }, "redo"],
    [{ ...none, key: "z" }, null],
    [{ ...none, key: "z", ctrlKey: true, altKey: true }, null],
  ])("%o means %s", (event, meaning) => {
    expect(shortcutFor(event)).toBe(meaning);
  });
});

describe("numbers", () => {
  it("read as people write them", () => {
    expect(format.formatCount(101770)).toBe("101,770");
    expect([0.23149, 12.345, 3.1e-7, NaN, 0].map(format.formatLoss)).toEqual([
      "0.2315",
      "12.35",
      "3.10e-7",
      "not finite",
      "0",
    ]);
    expect(format.formatPercent(0.97534)).toBe("97.53%");
    expect([0.99998, 1, 1 - 1e-9].map((share) => format.formatPercent(share))).toEqual([
      "99.99%",
      "100.00%",
      "100.00%",
    ]);
    expect([0.5, 0.9994, 0.9996, 1].map(format.formatSureness)).toEqual(["50.0%", "99.9%", "over 99.9%", "over 99.9%"]);
    expect([0, 10_000, 10_001, 89_000, 91_000, 3_723_000].map(format.formatRoughDuration)).toEqual([
      ...["10 s", "10 s", "20 s", "90 s", "2 min", "62 min"],
    ]);
    expect([900, 3_210, 42_000, 725_000, 3_723_000].map(format.formatDuration)).toEqual([
      "0.9 s",
      "3.2 s",
      "0:42",
      "12:05",
      "1:02:03",
    ]);
    expect([12, 47_200_000, 999_999].map(format.formatBytes)).toEqual(["12 B", "47.2 MB", "1,000 kB"]);
    expect([48, 203_264, 5_620_000].map(format.formatFlops)).toEqual(["48 FLOP", "203.3 kFLOP", "5.62 MFLOP"]);
    expect(format.formatRate(0.0003)).toBe("0.0003");
    expect([0.00456, 0.0456, 0.456, 4.56, 45.6, 456].map(format.formatMilliseconds)).toEqual([
      "4.56 µs",
      "45.6 µs",
      "456 µs",
      "4.56 ms",
      "45.6 ms",
      "456 ms",
    ]);
  });
});

describe("the rows of a profile", () => {
  const steps = [40e6, 0, 10e6].map((flops, index) => ({
    index,
    label: `layer${index}`,
    operations: [],
    summary: say("summary.operations", { operations: [] }),
    inputs: [],
    outputs: [],
    flops,
    bytesRead: 100 * index,
    bytesWritten: 50,
  }));
  const plan = { launches: steps, flops: 50e6, bytesRead: 300, bytesWritten: 150, leaves: [], arenaBytes: [] };
  const report = { plan, text: "", tuning: null };
  const profile = { clock: "host", stepMs: [2, 1, 5] } as const;

  it("are those of the plan before anything was timed", () => {
    const rows = profileRows(report, null, "time");
    expect(rows.map(({ step }) => step)).toEqual(steps);
    expect(rows.map(({ bytes }) => bytes)).toEqual([50, 150, 250]);
    for (const row of rows) expect(row).toMatchObject({ milliseconds: null, share: null, flopsPerSecond: null });
    expect(profileTotals(report, null)).toEqual({
      launches: 3,
      flops: 50e6,
      bytes: 450,
      milliseconds: null,
      flopsPerSecond: null,
    });
  });

  it("have their time, their share of it, and their speed where there is something to compute", () => {
    const rows = profileRows(report, profile, "run");
    expect(rows.map(({ milliseconds }) => milliseconds)).toEqual([2, 1, 5]);
    expect(rows.map(({ share }) => share)).toEqual([0.25, 0.125, 0.625]);
    expect(rows.map(({ flopsPerSecond }) => flopsPerSecond)).toEqual([20e9, null, 2e9]);
    expect(profileTotals(report, profile)).toMatchObject({ milliseconds: 8, flopsPerSecond: 6.25e9 });
  });

  it("come longest first when asked to", () => {
    expect(profileRows(report, profile, "time").map(({ step }) => step.index)).toEqual([2, 0, 1]);
  });
});

describe("the self-test's report", () => {
  it("names the threads once, and how many of the machine's there are", () => {
    const machines = [{ kind: "cpu", adapter: "WebAssembly with SIMD, 2 threads" }] as const;
    const suite = {
      state: "finished",
      machines,
      total: 0,
      results: [],
      elapsedMs: 1,
      remainingMs: 0,
      problem: null,
    } as const;
    const report = writeReport(suite, { userAgent: "a browser", hardwareConcurrency: 8, isIsolated: true });
    expect(report).toContain("- CPU: WebAssembly with SIMD, 2 threads, of 8 logical CPUs, cross-origin isolated\n");
  });
});

describe("the time that the self-test still takes", () => {
  it.each([
    ["is not told at first", 4999, 100_000, null],
    ["nor where there is nothing to go by", 60_000, null, null],
    ["is told in tens of seconds", 5000, 21_000, "30 s"],
    ["and in minutes", 60_000, 200_000, "3 min"],
  ])("%s", (_, elapsedMs, remainingMs, words) => {
    expect(describeTimeLeft({ elapsedMs, remainingMs })).toBe(words);
  });
});

describe("the schedule's preview", () => {
  it("follows the schedule from the first to the last step", () => {
    const training = {
      ...perceptron.training,
      epochs: 10,
      schedule: { type: "step", config: { factor: 0.5, everyEpochs: 5 } },
    } as const;
    const factors = sampleSchedule(training, 11);
    expect(factors[0]).toBe(1);
    expect(factors.at(-1)).toBe(0.5);
  });
});
