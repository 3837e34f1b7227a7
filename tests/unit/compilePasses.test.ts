// The passes that merge launches, each by itself on the steps it finds: what it makes one, and what it leaves alone.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { fuseClassifiers } from "../../src/engine/compile/classifier";
import { fuseColumnSums } from "../../src/engine/compile/columnSums";
import { lowerFused } from "../../src/engine/compile/fuse";
import type { Computation, Launch } from "../../src/engine/compile/plan";
import { joinProducts } from "../../src/engine/compile/joinProducts";
import { fusePooling, readThroughPooling } from "../../src/engine/compile/pooling";
import { simplify } from "../../src/engine/compile/simplify";
import { sinkUpdates } from "../../src/engine/compile/sinkUpdate";
import { otherParts, partsOf, partsOnCard, partsOnProgram, splitK } from "../../src/engine/compile/splitK";
import { storeThrough } from "../../src/engine/compile/storeThrough";
import { mergingWalks } from "../../src/engine/backend/cpu/wasm/mergeWalks";
import { sideBySide } from "../../src/engine/compile/combine";
import type { GemmSize } from "../../src/engine/graph/kernel";
import type { Node } from "../../src/engine/graph/node";
import { conv2d } from "../../src/engine/ops/conv2d";
import { mean } from "../../src/engine/ops/reduce";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { dropout } from "../../src/engine/ops/dropout";
import { gradients } from "../../src/engine/ops/gradients";
import { pack, reshape, segment } from "../../src/engine/ops/layout";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, relu, square, sub } from "../../src/engine/ops/pointwise";
import { maxPool2d } from "../../src/engine/ops/pool";
import { argMax, gatherRows } from "../../src/engine/ops/gather";
import { recurrent } from "../../src/engine/ops/recurrent";
import type { CellName } from "../../src/engine/ops/recurrentCells";
import { normalizeRows } from "../../src/engine/ops/rowNorm";
import { describeSteps, expectSoundPlan } from "../support/plans";

/** Ways back through attention's kernels in small: gradients side by side, and kernels among a network's variables. */
const [sides, variables, other] = [input("sides", [192]), input("variables", [320]), input("other", [16, 3])];
const side = (i: number): Node => segment(sides, 64 * i, [16, 4]);
const table = (i: number): Node => segment(variables, 128 * i, [3, 4]);
const back = (i: number, of = table(i)): Node => matmul(side(i), of, { transposeB: true });

type Pass = (computation: Computation, steps: readonly Launch[]) => readonly Launch[];

/** What a pass makes of a computation's steps, and what they were. */
function after(pass: Pass, { outputs = [], updates = [] }: Partial<Computation>): { before: string[]; now: string[] } {
  const computation = simplify({ outputs, updates });
  const steps = lowerFused(computation);
  return { before: describeSteps(steps), now: describeSteps(pass(computation, steps)) };
}

const valid = { padding: "valid", strides: [1, 1], dilation: [1, 1] } as const;
const windows = (poolSize: number, strides = poolSize) =>
  ({ poolSize: [poolSize, poolSize], strides: [strides, strides], padding: "valid" }) as const;

describe("pooling", () => {
  const [image, kernel, bias] = [input("image", [2, 9, 9, 3]), input("kernel", [3, 3, 3, 4]), input("bias", [4])];
  const convolved = relu(add(conv2d(image, kernel, valid), bias));

  it("of 2x2 becomes part of the convolution before it, with its bias and activation", () => {
    const { before, now } = after(fusePooling, { outputs: [maxPool2d(convolved, windows(2))] });
    expect(before).toEqual(["conv2d -> relu", "maxPool2d"]);
    expect(now).toEqual(["conv2dPooled -> maxPool2d"]);
  });

  it.each<[string, readonly Node[]]>([
    ["of 3x3", [maxPool2d(convolved, windows(3))]],
    ["by overlapping windows", [maxPool2d(convolved, windows(2, 1))]],
    ["of what is wanted itself", [convolved, maxPool2d(convolved, windows(2))]],
    ["of what another reads as well", [sum(convolved), maxPool2d(convolved, windows(2))]],
    ["of what no convolution made", [maxPool2d(image, windows(2))]],
  ])("%s stays by itself", (_, outputs) => {
    const { before, now } = after(fusePooling, { outputs });
    expect(now).toEqual(before);
    expect(now.join()).toContain("maxPool2d");
  });

  const backward = (wanted: readonly Node[], more: readonly Node[] = []): Partial<Computation> => {
    return { outputs: [...gradients(sum(maxPool2d(convolved, windows(2))), [...wanted]), ...more] };
  };

  it("is read through, going back, by the gradients of kernel and image", () => {
    const { before, now } = after(readThroughPooling, backward([kernel, image]));
    expect(before.join()).toContain("maxPool2dGrad");
    expect(now.join()).not.toContain("maxPool2dGrad");
    expect(now).toHaveLength(before.length - 1);
    expect(now.join()).toMatch(/unpooled/i);
  });

  it("is not where somebody else wants the gradient in between", () => {
    // The bias' gradient is a sum of it.
    const { before, now } = after(readThroughPooling, backward([kernel, bias]));
    expect(before.join()).toContain("maxPool2dGrad");
    expect(now).toEqual(before);
  });
});

describe("the end of a classifier", () => {
  const [x, w, b] = [input("x", [8, 16]), input("w", [16, 10]), input("b", [10])];
  const labels = input("labels", [8], "u32");
  const end = (units: number): Partial<Computation> => {
    const [weights, bias] = units === 10 ? [w, b] : [input("w", [16, units]), input("b", [units])];
    const logits = add(matmul(x, weights), bias);
    const loss = mean(softmaxCrossEntropy(logits, labels));
    return { outputs: [loss, argMax(logits, -1), ...gradients(loss, [x])] };
  };

  it("is one launch: logits, loss, its gradient, the class chosen, and the gradient passed back", () => {
    const { before, now } = after(fuseClassifiers, end(10));
    expect(before.filter((step) => /matmul|softmaxCrossEntropy|argMax/.test(step))).toHaveLength(4);
    expect(now.filter((step) => step.startsWith("denseCrossEntropy"))).toEqual([
      "denseCrossEntropy -> softmaxCrossEntropy, softmaxCrossEntropyGrad, argMax, matmul",
    ]);
    expect(now).toHaveLength(before.length - 3);
  });

  it("is left alone with more classes than a workgroup has room for", () => {
    const { before, now } = after(fuseClassifiers, end(500));
    expect(now).toEqual(before);
  });

  it("is left alone where somebody wants the logits", () => {
    const logits = matmul(x, w);
    const loss = mean(softmaxCrossEntropy(logits, labels));
    const { before, now } = after(fuseClassifiers, { outputs: [logits, ...gradients(loss, [x])] });
    expect(now).toEqual(before);
  });
});

describe("sums of columns", () => {
  const [x, dy] = [input("x", [64, 12]), input("dy", [64, 10])];
  const pass: Pass = (_, steps) => fuseColumnSums(steps);

  it("are made by the product that reads the matrix: the bias' gradient by the weights'", () => {
    const { before, now } = after(pass, { outputs: [matmul(x, dy, { transposeA: true }), sum(dy, [0])] });
    expect(before).toEqual(["matmul", "sum"]);
    expect(now).toEqual(["matmulWithSums -> matmul, sum"]);
  });

  it.each<[string, readonly Node[]]>([
    ["of the other operand", [matmul(x, dy, { transposeA: true }), sum(x, [0])]],
    ["along the rows", [matmul(x, dy, { transposeA: true }), sum(dy, [1])]],
    ["that the product waits for", [matmul(mul(x, sum(sum(dy, [0]))), dy, { transposeA: true })]],
  ])("%s stay by themselves", (_, outputs) => {
    const { before, now } = after(pass, { outputs });
    expect(now).toEqual(before);
  });
});

const split: Pass = (computation, steps) => splitK(computation, steps);

describe("long products", () => {
  const dot = (k: number): Node => matmul(input("a", [k, 8]), input("b", [k, 8]), { transposeA: true });

  it("are split into parts of at least 256, and added up", () => {
    const { before, now } = after(split, { outputs: [dot(1024)] });
    expect(before).toEqual(["matmul"]);
    expect(now).toEqual(["matmulParts -> matmul", "sum -> matmul"]);
    expect(after(split, { outputs: [dot(511)] }).now).toEqual(["matmul"]);
  });

  it("are split as they are told", () => {
    const asTold: Pass = (computation, steps) => splitK(computation, steps, { parts: () => 1 });
    expect(after(asTold, { outputs: [dot(1024)] }).now).toEqual(["matmul"]);
  });

  it("are split by another measure where they are parts of a pack", () => {
    const [a, b] = [input("a", [1024, 64]), input("b", [1024, 128])];
    const flat = pack([matmul(a, b, { transposeA: true })], [0], 8192);
    const sizes: GemmSize[] = [];
    const measured: Pass = (computation, steps) => {
      const packedParts = (size: GemmSize): number => {
        sizes.push(size);
        return 1;
      };
      return splitK(computation, steps, { packedParts });
    };
    const { now } = after(measured, { outputs: [relu(flat), dot(1024)] });
    expect(now).toEqual(["matmul", "relu", "matmulParts -> matmul", "sum -> matmul"]);
    expect(sizes).toEqual([{ batch: 1, m: 64, n: 128, k: 1024 }]);
  });

  // Launches on an H100 take about 1 us for each 16 of the K of a part, whatever else they have to do.
  it.each([
    [{ m: 9, n: 32, k: 21_632 }, 16, 32, 4],
    [{ m: 9, n: 32, k: 86_528 }, 16, 32, 4],
    [{ m: 288, n: 64, k: 3200 }, 4, 12, 1],
    [{ m: 288, n: 64, k: 12_800 }, 4, 29, 1],
    [{ m: 576, n: 64, k: 1152 }, 2, 4, 1],
    // Here the launch that makes the gradient also does the update, unless they are split.
    [{ m: 784, n: 128, k: 128 }, 1, 1, 1],
    [{ m: 784, n: 128, k: 1000 }, 1, 1, 1],
    [{ m: 64, n: 64, k: 1000 }, 3, 3, 1],
  ])("of %o are in %i parts, and on a card in %i, on a program in %i", (size, usual, onCard, onProgram) => {
    expect(partsOf({ batch: 1, ...size })).toBe(usual);
    expect(partsOnCard({ batch: 1, ...size })).toBe(onCard);
    expect(partsOnProgram({ batch: 1, ...size })).toBe(onProgram);
  });

  it("may be in other numbers of parts, one of them only where that is not far off", () => {
    expect(otherParts(1, 600)).toEqual([2, 4]);
    expect(otherParts(10, 2704)).toEqual([20, 5, 1]);
    expect(otherParts(32, 21_632)).toEqual([64, 16, 8]);
    expect(otherParts(12, 1536)).toEqual([6, 1]);
  });

  it("are added up by the optimizer that reads them", () => {
    // Of less than this the optimizer would be computed where it is read.
    const parameters = state("parameters", [8192]);
    const gradient = matmul(input("a", [1024, 64]), input("b", [1024, 128]), { transposeA: true });
    const flat = pack([gradient], [0], 8192);
    const updates = [{ state: parameters, value: sub(parameters, mul(flat, stepScalar("rate"))) }];
    const { before, now } = after(split, { updates });
    expect(before).toEqual(["matmul", "sub"]);
    expect(now[0]).toMatch(/^matmulParts/);
    expect(now).toHaveLength(2);
  });
});

describe("rows computed where they are normalized", () => {
  const [indices, places] = [input("indices", [300], "u32"), input("places", [300, 20])];
  const x = add(gatherRows(input("table", [50, 20]), indices), places);
  const normal = normalizeRows(x, { center: true, epsilon: 1e-3 });
  const slopes = gradients(sum(square(normal)), [places]);
  const read = matmul(x, input("kernel", [20, 70]));
  const planned = (...outputs: Node[]): string[] => {
    const plan = compile({ outputs }, { fuse: true, merging });
    expectSoundPlan(plan);
    return describeSteps(plan.launches);
  };

  it("are stored there for others, which wait no longer", () => {
    const [first, ...others] = planned(...slopes, read);
    expect(first).toMatch(/^add > normalizeRowsWithScale.* -> rowScale, normalizeRows, add/);
    expect(others.join()).not.toMatch(/add|gather/);
  });

  it("are read as they are where they are wanted themselves, or nobody wants their scale", () => {
    for (const outputs of [
      [...slopes, x],
      [normal, read],
    ]) {
      expect(planned(...outputs).join()).not.toContain("add > normalizeRows");
    }
  });
});

describe("storing through", () => {
  const product = matmul(input("x", [64, 128]), input("w", [128, 64]));
  const dropped = dropout(product, stepScalar("seed", "u32"), stepScalar("step", "u32"), { rate: 0.5, stream: 1 });
  const always: Pass = (computation, steps) => storeThrough(computation, steps, () => true);

  it("lets a product drop what it stores", () => {
    const { before, now } = after(always, { outputs: [dropped] });
    expect(before).toEqual(["matmul", "dropout"]);
    expect(now).toEqual(["matmul > dropout -> dropout"]);
  });

  it("stores the product too where it is wanted", () => {
    expect(after(always, { outputs: [product, dropped] }).now).toEqual(["matmul > dropout -> matmul, dropout"]);
  });

  it("is not done beyond the buffers that a launch may bind", () => {
    const never: Pass = (computation, steps) => storeThrough(computation, steps, () => false);
    expect(after(never, { outputs: [dropped] }).now).toEqual(["matmul", "dropout"]);
  });
});

describe("an update", () => {
  const parameters = state("parameters", [8192]);
  const [a, b] = [input("a", [64, 64]), input("b", [64, 64])];
  const flat = pack([matmul(a, b), matmul(b, a)], [0, 4096], 8192);
  const updates = [{ state: parameters, value: sub(parameters, mul(flat, stepScalar("rate"))) }];
  /** Both gradients by one launch, as merging has it by then. */
  const sunk =
    (mayJoin: () => boolean): Pass =>
    (computation, steps) => {
      const [first, second, ...rest] = steps as [Launch, Launch, ...Launch[]];
      return sinkUpdates(computation, [sideBySide([first, second]), ...rest], mayJoin);
    };

  it("is done by the launch that makes all gradients", () => {
    const { before, now } = after(
      sunk(() => true),
      { updates },
    );
    expect(before).toHaveLength(3);
    expect(now).toEqual(["matmul | matmul > sub -> sub"]);
  });

  it("is not where that launch may not, or somebody else wants a gradient", () => {
    expect(
      after(
        sunk(() => false),
        { updates },
      ).now,
    ).toEqual(["matmul | matmul -> matmul, matmul", "sub"]);
    expect(
      after(
        sunk(() => true),
        { updates, outputs: [flat] },
      ).now,
    ).toHaveLength(2);
  });

  it("is not where two launches make the gradients", () => {
    const { before, now } = after((computation, steps) => sinkUpdates(computation, steps, () => true), { updates });
    expect(now).toEqual(before);
  });
});

describe("sums of products", () => {
  const joined = (outputs: readonly Node[]): string[] =>
    describeSteps(lowerFused(joinProducts(simplify({ outputs, updates: [] }))));

  it.each<[string, Node, string[]]>([
    ["become one", add(back(0), back(1)), ["sumOfProducts"]],
    ["become one, in another order and shape", add(reshape(back(1), [48]), reshape(back(0), [48])), ["sumOfProducts"]],
    ["become one beside what else is added", add(add(other, back(0)), back(1)), ["sumOfProducts -> add"]],
  ])("%s", (_, output, now) => {
    expect(joined([output])).toEqual(now);
  });

  const uneven = segment(variables, 192, [3, 4]);
  it.each<[string, readonly Node[]]>([
    ["of what another reads as well", [add(back(0), back(1)), relu(back(0))]],
    ["of what is wanted itself", [add(back(0), back(1)), back(0)]],
    ["of kernels that are not equally far apart", [add(add(back(0), back(1)), back(2, uneven))]],
    ["of kernels the other way round", [add(back(0, table(1)), back(1, table(0)))]],
    ["of kernels in two tensors", [add(back(0), back(1, input("own", [3, 4])))]],
    ["of other sizes", [add(back(0), matmul(segment(sides, 64, [16, 3]), segment(variables, 128, [3, 3])))]],
  ])("%s stay apart", (_, outputs) => {
    expect(joined(outputs).join()).not.toContain("sumOfProducts");
  });
});

describe("walks of sequences on the CPU", () => {
  const pass: Pass = (computation, steps) => mergingWalks.mergeLaunches(computation, steps, {});
  const usual = { activation: "tanh", recurrentActivation: "sigmoid", reverse: false, sequences: true } as const;
  const sums = (width: number): Node => matmul(input("x", [6, 5]), input("w", [5, width]));
  const walk = (cell: CellName, of: Node): Node =>
    recurrent(reshape(of, [2, 3, of.shape[1]!]), input("u", [4, of.shape[1]!]), { cell, ...usual });

  it("make the sums of their input themselves", () => {
    const { before, now } = after(pass, { outputs: [walk("lstm", sums(16))] });
    expect(before).toEqual(["matmul", "recurrent"]);
    expect(now).toEqual(["recurrent"]);
  });

  const steps = 32;
  const gradientsOf = (samples: number, units: number, cell: CellName = "lstm", gates = 4): readonly Node[] => {
    const [x, w] = [input("x", [samples * steps, 5]), input("w", [5, gates * units])];
    const [u, b] = [input("u", [units, gates * units]), input("b", [gates * units])];
    const read = reshape(matmul(x, w), [samples, steps, gates * units]);
    return gradients(mean(recurrent(read, u, { cell, ...usual }, b)), [w, u, b]);
  };

  it("get the gradients of their weights as one", () => {
    const { before, now } = after(pass, { outputs: gradientsOf(32, 64) });
    expect(before.slice(-3).toSorted()).toEqual(["matmul", "recurrentKernelGrad", "sum"]);
    expect(now.at(-1)).toBe("matmul | recurrentKernelGrad | sum -> matmul, recurrentKernelGrad, sum");
  });

  it.each<[string, readonly Node[]]>([
    ["of few steps", gradientsOf(31, 64)],
    ["of few columns", gradientsOf(32, 63)],
    ["of a cell whose state has slopes of its own", gradientsOf(32, 128, "gru", 3)],
  ])("get gradients %s one by one", (_, outputs) => {
    expect(after(pass, { outputs }).now.join()).not.toContain("|");
  });

  const wanted = sums(16);
  it.each<[string, readonly Node[]]>([
    ["that are wanted themselves", [walk("lstm", wanted), wanted]],
    ["that another reads", [walk("lstm", wanted), relu(wanted)]],
    [
      "by a kernel that is turned",
      [walk("lstm", matmul(input("x", [6, 5]), input("w", [16, 5]), { transposeB: true }))],
    ],
    ["of whose cell a candidate takes them apart", [walk("gru", sums(12))]],
  ])("read sums %s", (_, outputs) => {
    const { before, now } = after(pass, { outputs });
    expect(now).toEqual(before);
  });
});
