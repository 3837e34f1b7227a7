/** What is being brought: the file that the worker reads, how far it is, and what came of it. Before anything is open, ending the worker is
 *  how work is cancelled, whatever it is at. */
import * as Comlink from "comlink";
import { create } from "zustand";
import type {
  AddedTo,
  Answer,
  BringControls,
  BringSettings,
  BroughtFile,
  Opened,
  OtherKind,
  OwnDataset,
  Said,
} from "../../src/engine";
import { bringDataset, openOwnDatasets, ownDatasetDef, say, suitedModel } from "../../src/engine";
import { whileOpen } from "../common/whileOpen";
import { t } from "../common/words";
import { keepFocus } from "../model/cardFocus";
import { setDataset } from "../model/edit";
import { endBringing, listFresh, readDatasets } from "../store/datasets";
import { edit, replaceModel } from "../store/model";
import { announce, showPart } from "../store/ui";
import { bringToTrainer, keepBrought, makeWay, prepareIfIdle } from "../train/session";
import { drawSvg } from "./drawSvg";

interface BringingState {
  readonly opened: Opened | null;
  /** What else it may be read as. */
  readonly otherwise: readonly OtherKind[];
  readonly said: Said | null;
  /** How far the worker is, from 0 to 1; null while it rests. */
  readonly share: number | null;
}

const nothing: BringingState = { opened: null, otherwise: [], said: null, share: null };

export const useBringing = create<BringingState>()(() => nothing);

let worker: Worker | undefined;
let controls: Comlink.Remote<BringControls> | undefined;

/** Gives up whatever is under way. */
export function giveUp(): void {
  worker?.terminate();
  worker = undefined;
  controls = undefined;
  useBringing.setState(nothing);
}

/** Ends what is under way. What was open before stays as it was. */
export function stop(): void {
  if (useBringing.getState().opened) void controls?.stop();
  else giveUp();
}

function start(): Comlink.Remote<BringControls> {
  worker = new Worker(new URL("../../src/engine/bring/bringer.ts", import.meta.url), {
    type: "module",
    name: "bringer",
  });
  worker.addEventListener("error", ({ message }) =>
    useBringing.setState({ share: null, said: say("brought.notKept", { reason: message }) }),
  );
  return Comlink.wrap<BringControls>(worker);
}

/** Asks the worker for something that takes long. @returns null where nothing came of it, which is told, or it was given up */
async function ask<T>(
  question: (to: Comlink.Remote<BringControls>, hear: (share: number) => void) => Promise<Answer<T>>,
): Promise<T | null> {
  useBringing.setState({ share: 0, said: null });
  const asked = (controls ??= start());
  const hear = (share: number): void => {
    if (controls === asked) useBringing.setState({ share });
  };
  const answer = await whileOpen(hear, (told) => question(asked, told));
  if (controls !== asked) return null;
  useBringing.setState({ share: null });
  if ("ok" in answer) return answer.ok;
  useBringing.setState({ said: answer.said });
  return null;
}

/** Reads files, whatever they are. */
export async function openFiles(files: readonly BroughtFile[]): Promise<void> {
  giveUp();
  if (files.length === 0) return;
  const draw = Comlink.proxy(drawSvg);
  useBringing.setState((await ask((to, hear) => to.open(files, draw, hear))) ?? {});
}

/** Reads what is open as another kind that it may be. */
export async function readOtherwise(kind: OtherKind): Promise<void> {
  useBringing.setState((await ask((to, hear) => to.readOtherwise(kind, hear))) ?? {});
}

/** Opens two classes without pictures, for those that are drawn, photographed or dropped. */
export async function collect(): Promise<void> {
  giveUp();
  const draw = Comlink.proxy(drawSvg);
  const names = [1, 2].map((number) => t("bring.classOf", { number }));
  useBringing.setState((await ask((to) => to.collect(names, draw))) ?? {});
}

let adding: Promise<void> = Promise.resolve();

/** Adds pictures to those that are open, one lot after another. */
export function add(files: readonly BroughtFile[], to: AddedTo): Promise<void> {
  adding = adding.then(async () => {
    const { opened } = useBringing.getState();
    if (!opened || (files.length === 0 && to.group === undefined)) return;
    const more = await ask((from, hear) => from.add(files, to, opened.settings, hear));
    if (!more) return;
    const { opened: meanwhile } = useBringing.getState();
    useBringing.setState({ opened: more });
    if (meanwhile && meanwhile.settings !== opened.settings) {
      await change(withChanges(more.settings, opened.settings, meanwhile.settings));
    }
  });
  return adding;
}

/** Settings as they came, but for what was changed while they were on their way. Of lists, which only grow, what was changed is the
 *  beginning. */
function withChanges<S extends object>(came: S, before: S, now: S): S {
  const all = { ...came };
  for (const key of Object.keys(now) as (keyof S)[]) {
    if (now[key] === before[key]) continue;
    const [value, other] = [now[key], came[key]];
    all[key] =
      Array.isArray(value) && Array.isArray(other) ? (value.concat(other.slice(value.length)) as S[keyof S]) : value;
  }
  return all;
}

/** Reads what is open otherwise. The last of several changes counts. */
export async function change(settings: BringSettings): Promise<void> {
  const { opened } = useBringing.getState();
  if (!opened || opened.kind !== settings.kind) return;
  const wanted = { ...opened, settings } as Opened;
  useBringing.setState({ opened: wanted, said: null });
  const answer = await controls?.change(settings);
  if (!answer || useBringing.getState().opened !== wanted) return;
  useBringing.setState("ok" in answer ? { opened: answer.ok } : { said: answer.said });
}

/** Makes the dataset and trains on it from now on, with the model there is or with a new one. */
export async function make(withNewModel: boolean): Promise<void> {
  const { opened } = useBringing.getState();
  if (!opened) return;
  const made = await ask((to, hear) => to.make(opened.settings, hear));
  if (!made) return;
  const { about } = made;
  bringToTrainer(made);
  listFresh(about);
  await keepAndUse(about, withNewModel);
  endBringing();
  keepFocus(null);
  if (await keepBrought(about.id)) listFresh(null);
}

/** Trains on a dataset that was just made, with a new model or with the one there is.
 *  @param chosen that one with these data */
export async function keepAndUse(about: OwnDataset, withNewModel: boolean, chosen = setDataset): Promise<void> {
  const data = bringDataset(ownDatasetDef(about, openOwnDatasets));
  const listing = readDatasets().catch(() => {});
  const suited = withNewModel ? suitedModel(data) : null;
  if (suited) replaceModel(suited);
  else edit((model) => chosen(model, data));
  makeWay();
  // Nobody goes on editing this choice: it need not wait for that.
  prepareIfIdle();
  showPart("model");
  announce(t("bring.ready", { title: about.title }));
  await listing;
}
