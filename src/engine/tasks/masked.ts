/** Masked patches: squares of each image are blacked out, and the rest is to tell what was there. Needs no labels. */
import { nameOfData } from "../data/dataset";
import { real, whole } from "../fields";
import type { Node } from "../graph/node";
import { constant } from "../ops/constant";
import { greater, mul, sub } from "../ops/pointwise";
import { resample } from "../ops/resample";
import { concat, slice } from "../ops/strided";
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

interface Hiding {
  readonly share: number;
  readonly patch: number;
  readonly shift: number;
}

/** Images moved by up to `shift` pixels each way, with black from outside. `[N, H, W, C]` */
function movedImages(graph: TaskGraph, shift: number): Node {
  const x = graph.column(requireSubject(graph));
  if (shift === 0) return x;
  const far = mul(sub(mul(graph.random.uniform([2]), 2), 1), shift);
  const [one, none] = [constant(1, [graph.batch, 1]), constant(0, [graph.batch, 1])];
  const by = (axis: number): Node => slice(far, [0, axis], [graph.batch, 1]);
  return resample(x, concat([one, none, by(0), none, one, by(1)], 1), { fill: "constant" });
}

/** The images, moved, with each patch blacked out, alike in all channels, with probability `share`. `[N, H, W, C]` */
function maskedImages(graph: TaskGraph, { share, patch, shift }: Hiding): Node {
  const [height = 1, width = 1] = requireColumn(graph.data, requireSubject(graph)).shape;
  const drawn = graph.random.uniform([Math.ceil(height / patch), Math.ceil(width / patch), 1]);
  const kept = upSample2d(greater(drawn, share), [patch, patch]);
  return mul(movedImages(graph, shift), slice(kept, [0, 0, 0, 0], [graph.batch, height, width, 1]));
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
    shift: whole({
      label: "Shift",
      help: "By how many pixels images are moved at most, each way; they are to be rebuilt where they were.",
      min: 0,
      max: 32,
      default: 0,
    }),
  },
  networks: {
    encoder: { title: "Encoder", help: "Reads an image with hidden patches and gives its code.", input: sampleType },
    decoder: {
      title: "Decoder",
      help: "Reads a code and gives the whole image.",
      input: (_, { encoder }) => encoder ?? null,
      gives: requireSubject,
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
  score: (graph) => scoreOfBoth(graph, graph.config.loss, maskedImages(graph, graph.config)),
  show: (graph) => shownOfBoth(graph, maskedImages(graph, graph.config), false),
  asked: askedOfCodes((graph) => graph.apply("encoder", graph.column(requireSubject(graph)))),
});
