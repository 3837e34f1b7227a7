/** The worker that prepares what visitors bring. Nothing that it reads leaves the device. */
import * as Comlink from "comlink";
import { openOwnDatasets } from "../data/openOwn";
import { DescentError, saidBy } from "../errors";
import { say } from "../words/said";
import { browserDecoder } from "./decode";
import { pictureSource } from "./imageSource";
import { openBrought } from "./open";
import type { Answer, BringControls } from "./protocol";
import { BringError } from "./refusal";
import type { Source } from "./source";

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

const controls: BringControls = {
  open: (files, draw, hear) =>
    answer(async () => {
      source = await openBrought(files, browserDecoder(draw), hear);
      return source.opened;
    }),
  collect: (names, draw) =>
    answer(async () => {
      source = await pictureSource({ items: [], refused: [] }, "", browserDecoder(draw), () => {}, names);
      return source.opened;
    }),
  add: (files, to, settings, hear) =>
    answer(async () => {
      const { add } = opened();
      if (!add) throw new BringError(say("brought.noMore"));
      return add(files, to, settings, hear);
    }),
  change: (settings) => answer(() => opened().change(settings)),
  make: (settings, hear) =>
    answer(async () => {
      const { about, read } = await opened().make(settings, (share) => hear(0.7 * share));
      const store = await openOwnDatasets();
      await store.put(about, read, (share) => hear(0.7 + 0.3 * share));
      return about;
    }),
};

Comlink.expose(controls);
