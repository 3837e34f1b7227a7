// Opens what `models.py` wrote as the page does, and says how far its answers are from the libraries', whether weights come back to the
// bit, and what was not understood: `node scripts/run.mjs tests/interop/incoming.ts FOLDER`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unzipSync } from "fflate";
import { readNpy } from "../../src/engine/bring/arrays";
import type { ColumnInfo } from "../../src/engine/data/column";
import { exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile, reasonOf } from "../../src/engine/io/incoming";
import { runNetwork } from "../../src/engine/io/samples";
import { analyzeModel } from "../../src/engine/model/analyze";
import { english } from "../../src/engine/words/said";
import { sizeOf } from "../../src/engine/shape";
import { farthest } from "../support/exported";
import { modelOf } from "../support/models";

const MOST = 1e-5;
const folder = process.argv[2] ?? "";
const failed: string[] = [];
for (const file of readdirSync(folder)
  .filter((name) => /\.(keras|onnx)$/.test(name))
  .toSorted()) {
  try {
    const arrays = unzipSync(readFileSync(join(folder, file.replace(/\.\w+$/, ".npz"))));
    const [inputs, outputs] = ["inputs.npy", "outputs.npy"].map((name) => readNpy(Uint8Array.from(arrays[name] ?? [])));
    if (!inputs || !outputs) throw new Error("expected inputs and outputs, got none");
    const [count = 0, ...shape] = inputs.shape;
    const isTokens = file.includes("transformer");
    const kinds = ["value", "points", "series", "image"] as const;
    const input: ColumnInfo = isTokens
      ? { kind: "text", shape, dtype: "u32", scale: 1, names: Array.from({ length: 200 }, (_, i) => `word ${i}`) }
      : { kind: kinds[shape.length] ?? "image", shape, dtype: "f32", scale: 1 };
    const names = Array.from({ length: sizeOf(outputs.shape.slice(1)) }, (_, i) => `class ${i}`);
    const label: ColumnInfo = { kind: "class", shape: [], dtype: "u32", scale: 1, names };
    const data = { id: "own", title: "Own", columns: { input, label }, trainCount: 1000 };
    const base = modelOf([]);
    const bytes = Uint8Array.from(readFileSync(join(folder, file)));
    const around = { base, dataOf: () => data };
    const { description, weights, ignored } = await readModelFile(file, bytes, around);
    if (!weights) {
      const { problems } = analyzeModel(description, data);
      throw new Error(`does not fit the data: ${problems.map(({ said }) => english(said)).join("; ")}`);
    }
    const model = exportedModel(description, data, weights);
    let given: Float32Array | Uint32Array = isTokens
      ? Uint32Array.from(inputs.values)
      : Float32Array.from(inputs.values);
    for (const network of model.networks) given = await runNetwork(network, given, count);
    let fromDict = "";
    const far = farthest(given, Float32Array.from(outputs.values));
    // PyTorch's own file of the same weights, which go into the layers that are there.
    const dict = join(folder, file.replace(/\.onnx$/, ".pt"));
    if (dict.endsWith(".pt") && existsSync(dict)) {
      const own = await readModelFile(dict, Uint8Array.from(readFileSync(dict)), { ...around, base: description });
      const [network] = exportedModel(own.description, data, own.weights ?? {}).networks;
      if (!network) throw new Error("state dict: expected a network, got none");
      const answers = await runNetwork(network, Float32Array.from(inputs.values), count);
      fromDict = `, state dict ${farthest(answers, Float32Array.from(outputs.values)).toExponential(1)}`;
      if (!(farthest(answers, Float32Array.from(outputs.values)) <= MOST)) failed.push(dict);
    }
    // There and back again: as this page's own file, and as a Keras file where that can be.
    let bits = "same bits";

    for (const id of ["safetensors", "keras"] as const) {
      // Of several networks a Keras file holds one.
      if (formats[id].refusals(model).length > 0 || (id === "keras" && model.networks.length > 1)) continue;
      const [written = new Uint8Array()] = Object.values(await formats[id].write(model, []));
      const again = await readModelFile(`net.${id}`, written, around);
      const isSame = Object.values(weights).every(({ data: own }, i) => {
        const other = Object.values(again.weights ?? {})[i]?.data;
        return other?.length === own.length && own.every((value, k) => Object.is(value, other[k]));
      });
      if (!isSame) bits = `other bits by ${id}`;
    }
    console.log(`${basename(file).padEnd(28)} ${far.toExponential(1)}  ${bits}${fromDict}  ${ignored.join("; ")}`);
    if (!(far <= MOST) || bits !== "same bits") failed.push(file);
  } catch (error) {
    console.log(`${basename(file).padEnd(28)} FAILED ${reasonOf(error).slice(0, 300)}`);
    failed.push(file);
  }
}
console.log(failed.length === 0 ? `all within ${MOST}` : `failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
