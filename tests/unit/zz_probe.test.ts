import { test } from "vitest";
import { presets } from "../../src/engine/model/presets";
import { analyzeModel } from "../../src/engine/model/analyze";
import { modelState, trainingProgram } from "../../src/engine/train/programs";
import { datasets } from "../../src/engine/data";
import { compile } from "../../src/engine/compile/compile";
test("probe", () => {
  for (const id of ["perceptron", "two-hidden", "convnet", "convnet-dropout", "xor"] as const) {
    const d = presets[id].description;
    const report = analyzeModel(d);
    const def = datasets[d.dataset];
    const split = { count: 100, inputs: new Uint8Array(0), labels: new Uint8Array(0) };
    const ds = { id: "x", title: "x", inputShape: def.inputShape, inputScale: 1, classNames: def.classNames, target: def.target, train: split, test: split };
    const t0 = performance.now();
    const { computation } = trainingProgram(d, report, ds, modelState(d, report), 100);
    const plan = compile(computation);
    const t1 = performance.now();
    const un = compile(computation, { fuse: false });
    console.log(id, plan.steps.length, un.steps.length, plan.arenas, t1 - t0);
    for (const s of plan.steps) console.log("   ", s.label, "|", s.kernel.name, s.inputs.map((n) => n.op.name + "[" + n.shape + "]").join(" "), "->", s.outputs.map((n) => n.op.name + "[" + n.shape + "]" + JSON.stringify({...plan.placements.get(n), leaf: undefined})).join(" "));
  }
});
