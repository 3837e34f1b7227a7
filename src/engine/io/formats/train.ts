/** Training on elsewhere: scripts for Keras, JAX and PyTorch, a notebook, the weights, and the data, in one folder. */
import { elementBytes } from "../../graph/type";
import { strToU8 } from "fflate";
import { sizeOf } from "../../shape";
import { type Said, say } from "../../words/said";
import { KerasGraph } from "../keras/graph";
import { kerasFile } from "../keras/file";
import { notesAsEntries, notesOfData } from "../notes";
import { packedNpz, type NumpyArray } from "../npy";
import { torchClass, torchFile } from "../torch/file";
import { writeStateDict } from "../torch/pickle";
import { notebookOf } from "../training/notebook";
import pipelineText from "../training/pipeline.py?raw";
import { lessonOf, settingsOf } from "../training/settings";
import jaxText from "../training/train_jax.py?raw";
import kerasText from "../training/train_keras.py?raw";
import torchText from "../training/train_torch.py?raw";
import type { ExportedBlock, ExportedModel } from "../exported";
import { type ExportFormat, type Refusal, withoutSteps } from "./format";

/** More data than this make a file that browsers cannot put together. */
const MAX_BYTES = 2 ** 30;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => strToU8(text) as Uint8Array<ArrayBuffer>;
const all = ({ description: { name } }: ExportedModel, why: Said): Refusal[] => [{ name, why }];

/** Layers that Keras lacks. */
const beyondKeras = ({ networks }: ExportedModel): readonly Refusal[] =>
  networks.flatMap((network) => new KerasGraph(network).refusals);

/** What PyTorch has no word for: layers, and penalties on what they tell. */
const beyondTorch = (model: ExportedModel): readonly Refusal[] => [
  ...withoutSteps(model),
  ...model.networks.flatMap(({ blocks }) => penalized(blocks)),
];

function penalized(blocks: readonly ExportedBlock[]): Refusal[] {
  return blocks.flatMap((block) => {
    const { activityL1 = 0, activityL2 = 0 } = block.config;
    const own = Number(activityL1) + Number(activityL2) > 0;
    return [
      ...(own ? [{ name: block.name, why: say("exports.activityPenalty") }] : []),
      ...(block.kind === "container" ? block.branches.flatMap(penalized) : []),
    ];
  });
}

const bytesOfSample = ({ data }: ExportedModel): number =>
  Object.values(data.columns).reduce((total, { shape, dtype }) => total + sizeOf(shape) * elementBytes(dtype), 0);

const readme = (
  title: string,
  hasKeras: boolean,
  hasTorch: boolean,
  about: readonly string[],
): string => `${title}, to be trained on elsewhere.

${hasKeras ? "python train_keras.py                          Keras 3, on the backend that KERAS_BACKEND names\npython train_jax.py                            Keras on JAX, each batch shared among all devices\n" : "Keras has no word for all layers of this model, so that there are no scripts for it here.\n"}${
  hasTorch
    ? "python train_torch.py                          PyTorch, in one process\ntorchrun --nproc_per_node=2 train_torch.py     in several, each with its share of every batch\n"
    : "There is no PyTorch script here, since some layers or penalties have no translation.\n"
}train.ipynb                                    loads, scores, trains on and draws the curve, in Jupyter

--epochs N trains so many more, --resume goes on from the last checkpoint, --curve FILE says where the losses go.

All scripts hold the same samples out as the page, take the same samples in each batch, and have its learning rate, loss and metrics
(pipeline.py, settings.json). Weights are as they were; the optimizer begins anew. Dropout, noise and augmentation draw other numbers.

${about.join("\n")}
`;

/** What trains supervised models and language models; of others it is said that there is nothing. */
export const train: ExportFormat = {
  title: "Notebook and training scripts",
  help: "To train on elsewhere: a Jupyter notebook, Keras, JAX and PyTorch scripts (torchrun too), the weights, and the data.",
  ending: "zip",
  carriesSamples: false,
  carriesData: true,
  refusals: (model) => {
    if (!lessonOf(model)) return all(model, say("exports.noScripts"));
    if (model.data.trainCount * bytesOfSample(model) > MAX_BYTES)
      return all(model, say("exports.tooMuchData", { most: MAX_BYTES }));
    return beyondKeras(model).length > 0 ? beyondTorch(model) : [];
  },
  write: async (model, _, more) => {
    const taught = lessonOf(model);
    const [network] = model.networks;
    if (!taught || !network || !more) throw new Error("Training scripts: expected a model with its data, got none.");
    const { dataset, step, pause } = more;
    const named = [
      ["input", taught.lesson.input],
      ["target", taught.lesson.target ?? ""],
    ].slice(0, taught.target ? 2 : 1);
    const arrays = (["train", "test"] as const).flatMap((which) =>
      named.map(([name = "", column = ""]): [string, NumpyArray] => {
        const data = dataset[which].columns[column];
        const shape = [dataset[which].count, ...(dataset.columns[column]?.shape ?? [])];
        return [`${which}_${name}`, { shape, data: data ?? new Float32Array(sizeOf(shape)) }];
      }),
    );
    const settings = settingsOf(model, taught, dataset.train.bounds ?? [dataset.train.count], step);
    const hasKeras = beyondKeras(model).length === 0;
    const hasTorch = beyondTorch(model).length === 0;
    const torch = hasTorch ? torchClass(network, true) : null;
    return {
      "README.txt": bytesOf(
        readme(model.description.name, hasKeras, hasTorch, notesOfData(model, taught.input.scale !== 1)),
      ),
      "settings.json": bytesOf(`${JSON.stringify(settings, null, 1)}\n`),
      "pipeline.py": bytesOf(pipelineText),
      "train.ipynb": bytesOf(notebookOf(model, hasKeras)),
      ...(hasKeras && {
        "model.keras": await kerasFile(network, "model", null, notesAsEntries(model, [network])),
        "train_keras.py": bytesOf(kerasText),
        "train_jax.py": bytesOf(jaxText),
      }),
      ...(torch && {
        "model.py": bytesOf(torchFile(model, [torch], "pt")),
        "model.pt": writeStateDict(torch.state),
        "train_torch.py": bytesOf(torchText),
      }),
      "data.npz": await packedNpz(Object.fromEntries(arrays), pause),
    };
  },
};
