/** Masked patches: squares of each image are blacked out, and the rest is to tell what was there. Needs no labels. */
import { nameOfData } from "../data/dataset";
import { real, whole } from "../fields";
import type { Node } from "../graph/node";
import { slice } from "../ops/strided";
import { greater, mul } from "../ops/pointwise";
import { upSample2d } from "../ops/upSample";
import { say } from "../words/said";
import {
  askedOfCodes,
  endingOfDecoder,
  lossField,
  lossOfBoth,
  problemsOfDecoder,
  rebuiltColumns,
  requireSubject,
  sampleType,
  scoreOfBoth,
  shownOfBoth,
} from "./rebuilding";
import { defineTask, requireColumn, type TaskGraph } from "./task";

const curves = { loss: { title: "Loss", help: "How far the rebuilt images are from the whole originals." } };

/** The images with each patch blacked out, alike in all channels, with probability `share`. `[N, H, W, C]` */
function maskedImages(graph: TaskGraph, share: number, patch: number): Node {
  const name = requireSubject(graph);
  const [height = 1, width = 1] = requireColumn(graph.data, name).shape;
  const drawn = graph.random.uniform([Math.ceil(height / patch), Math.ceil(width / patch), 1]);
  const kept = upSample2d(greater(drawn, share), [patch, patch]);
  return mul(graph.column(name), slice(kept, [0, 0, 0, 0], [graph.batch, height, width, 1]));
}

/** Two networks that learn from one loss. Source: He et al. 2022, "Masked autoencoders are scalable vision learners", here without
 *  attention and with the loss over all pixels. */
export const masked = defineTask({
  title: "Rebuild what is hidden",
  help: "Sees images with patches blacked out and rebuilds them whole: features are learnt without labels.",
  fields: {
    loss: lossField,
    share: real({
      label: "Hidden share",
      help: "The share of patches that are blacked out. 0 for none.",
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0.5,
    }),
    patch: whole({ label: "Patch size", help: "Side of a patch, in pixels.", min: 1, max: 64, default: 4 }),
  },
  networks: {
    encoder: { title: "Encoder", help: "Reads an image with hidden patches and gives its code.", input: sampleType },
    decoder: {
      title: "Decoder",
      help: "Reads a code and gives the whole image.",
      input: (_, { encoder }) => encoder ?? null,
    },
  },
  columns: (about) => {
    const found = rebuiltColumns(about);
    const isSeen = !("said" in found) && found.every((name) => requireColumn(about.data, name).kind === "image");
    return isSeen ? found : { said: say("task.nothingToHide", { data: nameOfData(about.data) }) };
  },
  problems: (about, { decoder }) => problemsOfDecoder(about, decoder),
  endings: endingOfDecoder,
  curves,
  losses: ({ config }) => lossOfBoth(config.loss, curves.loss),
  metrics: () => ["meanAbsoluteError"],
  score: (graph) => {
    const { loss, share, patch } = graph.config;
    return scoreOfBoth(graph, loss, maskedImages(graph, share, patch));
  },
  show: (graph) => shownOfBoth(graph, maskedImages(graph, graph.config.share, graph.config.patch), false),
  asked: askedOfCodes((graph) => graph.apply("encoder", graph.column(requireSubject(graph)))),
});
