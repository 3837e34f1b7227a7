/** The worker that prepares what visitors bring. Nothing that it reads leaves the device. */
import * as Comlink from "comlink";
import { type MadeDataset, memoryOfMade, type SplitName } from "../data/ownData";
import { DescentError, saidBy } from "../errors";
import { say } from "../words/said";
import { type Decode, type DrawSvg, pictureDecoder } from "./decode";
import { pictureSource } from "./imageSource";
import { openBrought } from "./open";
import type { Answer, BringControls, Reading } from "./protocol";
import { BringError } from "./refusal";
import { sharedDecoder } from "./sharedDecoder";
import type { Made, Source } from "./source";

let source: Source | null = null;

/** What comes of work, or what is told of its failure. */
async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: await work() };
  } catch (error) {
    if (error instanceof BringError) return { said: error.said };
    return { said: error instanceof DescentError ? saidBy(error) : say("brought.notKept", { reason: String(error) }) };
  }
}

function opened(): Source {
  if (!source) throw new Error("Bring: expected something open, got nothing.");
  return source;
}

function reading(of: Source): Reading {
  source = of;
  return { opened: of.opened, otherwise: (of.otherwise ?? []).map(({ kind }) => kind) };
}

/** Whether what is under way is to end. */
let isStopped = false;

/** Work that ends at the next thing that it tells when it is to stop; what is open stays as it was. */
const stoppable = <T>(hear: (share: number) => void, work: (tell: (share: number) => void) => Promise<T>) =>
  answer(() => {
    isStopped = false;
    return work((share) => {
      if (isStopped) throw new BringError(say("brought.stopped"));
      hear(share);
    });
  });

/** What was made, with all its values. */
function valuesOf({ about, read }: Made): MadeDataset {
  const columnsOf = (split: SplitName, count: number) =>
    Object.fromEntries(Object.keys(about.columns).map((name) => [name, read(split, name, 0, count)]));
  return { about, values: { train: columnsOf("train", about.trainCount), test: columnsOf("test", about.testCount) } };
}

const decoderWith = (draw: DrawSvg): Decode => sharedDecoder(pictureDecoder(draw));

const controls: BringControls = {
  open: (files, draw, hear) => answer(async () => reading(await openBrought(files, decoderWith(draw), hear))),
  readOtherwise: (kind, hear) =>
    stoppable(hear, async (tell) => {
      const otherwise = opened().otherwise?.find((each) => each.kind === kind);
      if (!otherwise) throw new Error("Bring: expected another reading, got none.");
      return reading(await otherwise.open(tell));
    }),
  collect: (names, draw) =>
    answer(async () => {
      return reading(await pictureSource({ items: [], refused: [] }, "", decoderWith(draw), () => {}, names));
    }),
  add: (files, to, settings, hear) =>
    stoppable(hear, async (tell) => {
      const { add } = opened();
      if (!add) throw new BringError(say("brought.noMore"));
      return add(files, to, settings, tell);
    }),
  change: (settings) => answer(() => opened().change(settings)),
  make: async (settings, hear) => {
    const made = await stoppable(hear, async (tell) => valuesOf(await opened().make(settings, tell)));
    return "ok" in made ? Comlink.transfer(made, memoryOfMade(made.ok)) : made;
  },
  stop: async () => {
    isStopped = true;
  },
};

Comlink.expose(controls);
