// ONNX files say the same in ONNX Runtime, in this process: every layer, container and task that can be written.
import { InferenceSession, Tensor } from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { onnxFile } from "../../src/engine/io/onnx/file";
import { exportCases, farthest } from "../support/exported";

describe("ONNX Runtime", () => {
  it.each(Object.entries(exportCases))("answers as the engine with %s", async (_, make) => {
    const { model, samples, count, outputs } = await make();
    const [network] = model.networks;
    const session = await InferenceSession.create(onnxFile(network!, ""), { executionProviders: ["wasm"] });
    const shape = [count, ...network!.input.shape];
    const values =
      samples instanceof Uint32Array
        ? new Tensor("int64", BigInt64Array.from(samples, BigInt), shape)
        : new Tensor("float32", samples, shape);
    const made = await session.run({ [session.inputNames[0]!]: values });
    expect(farthest(made[session.outputNames[0]!]!.data as Float32Array, outputs)).toBeLessThan(1e-5);
    await session.release();
  });
});
