// Writes models in every format that they can go to, with samples and what the engine gives for them, for `check.py` to open with the
// real libraries: `node scripts/run.mjs tests/interop/cases.ts FOLDER`. All presets, and models that together have every layer.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import { infoOf } from "../../src/engine/data/dataset";
import { type ExportedModel, exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import type { NetworkSamples } from "../../src/engine/io/formats/format";
import { writeNpz } from "../../src/engine/io/npy";
import { networkSamples } from "../../src/engine/io/samples";
import { samplesAsArrays } from "../../src/engine/io/formats/format";
import { presets } from "../../src/engine/model/presets";
import { sizeOf } from "../../src/engine/shape";
import { holdsIndices } from "../../src/engine/data/column";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { english, fetchLaterWords, write } from "../../src/engine/languages/language";
import { exportCases, farthest, weightsOf } from "../support/exported";
import { blank } from "../support/data";

const folder = process.argv[2] ?? "interop";
const SAMPLES = 100;
await fetchLaterWords();

async function save(name: string, model: ExportedModel, samples: readonly NetworkSamples[]): Promise<void> {
  for (const [id, format] of Object.entries(formats)) {
    if (format.carriesData) continue;
    const at = join(folder, name, id);
    const refusals = format.refusals(model);
    if (refusals.length > 0) {
      await mkdir(at, { recursive: true });
      const lines = refusals.map(({ name: layer, why }) => `${layer}: ${write(why, english)}`);
      await writeFile(join(at, "refused.txt"), [...new Set(lines)].join("\n"));
      continue;
    }
    const files = { ...(await format.write(model, samples)), "samples.npz": writeNpz(samplesAsArrays(model, samples)) };
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await writeFile(join(at, path), bytes);
    }
  }
}

for (const [name, make] of Object.entries(exportCases)) {
  const { model, samples, count, outputs } = await make();
  const [network] = model.networks;
  await save(`layers: ${name}`, model, [{ network: network?.name ?? "", count, inputs: samples, outputs }]);
}

const backend = await openCpuBackend();
for (const [id, { description }] of Object.entries(presets)) {
  const info = infoOf(requireDataset(description.dataset));
  const weights = weightsOf(exportedModel(description, info));
  // As small as trained ones, or deep nets run into their limits.
  for (const { shape, data } of Object.values(weights)) {
    const scale = shape.length > 1 ? 2 / Math.sqrt(sizeOf(shape.slice(0, -1))) : 0.2;
    data.forEach((value, i) => (data[i] = value < 1 ? value * scale : value));
  }
  const model = exportedModel(description, info, weights);
  const columns = Object.fromEntries(
    Object.entries(info.columns).map(([column, about]) => {
      const length = SAMPLES * sizeOf(about.shape);
      const value = (i: number): number => (Math.sin(i * 12.9898) * 43758.5453) % 1;
      return [
        column,
        holdsIndices(about)
          ? Uint32Array.from({ length }, (_, i) => Math.floor(Math.abs(value(i)) * (about.names?.length ?? 1)))
          : Float32Array.from({ length }, (_, i) => Math.abs(value(i))),
      ];
    }),
  );
  const samples = await networkSamples(model, columns, SAMPLES);
  const data = blank(description.dataset, Math.max(64, description.training.validationCount + 64));
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset: data, resident });
  session.setWeights(weights);
  const shown = Object.values(await session.show(columns, SAMPLES))[0]?.data;
  session.dispose();
  resident.dispose();
  // What is shown of generators is made of other noise.
  const own =
    model.networks[0]?.reads === "noise" ? "-" : farthest(shown ?? [], samples.at(-1)?.outputs ?? []).toPrecision(2);
  console.log(`${id}: engine and plain JavaScript differ by ${own}`);
  await save(id, model, samples);
}
backend.dispose();
