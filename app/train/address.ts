/** Keeps the page's address at what is on the page, and opens links: the address of another page, which takes the place of the
 *  model as one step that can be undone. Nothing here begins to train. */
import {
  aboutOf,
  fetchLaterWords,
  isSameModel,
  type ModelDescription,
  presets,
  type Said,
  say,
  tasks,
} from "../../src/engine";
import type { StepBatch, TrainerEvent } from "../../src/engine";
import { t } from "../common/words";
import type { LinkState, WrittenLink } from "../store/linkText";
import { forgetLosses, lossesFor, noteLosses, useLosses, type Verdict, verdictOf } from "../store/losses";
import { dataOf, replaceModel, useModel } from "../store/model";
import { notify, useRun } from "../store/run";
import { useStart } from "../store/start";
import { readStored, writeStored } from "../store/storage";
import { setPreferences, useUi } from "../store/ui";
import { currentTrainer } from "./client";

/** Browsers refuse to change the address much more often. */
const INTERVAL_MS = 700;
/** The two addresses that this tab had last, by which it knows its own when it is loaded anew. Two, because a browser that is asked
 *  to load the page anew right after a change of the address may still load the one before. */
const OWN_KEY = "descent.link";

/** This tab's own addresses, the newest first. */
const ownLinks = (): readonly string[] => readStored(OWN_KEY, "tab")?.split("\n") ?? [];

/** Its sentences are fetched with it. */
const linkText = async () => (await Promise.all([import("../store/linkText"), fetchLaterWords()]))[0];

/** The link to the page as it is, as the part of an address after `#`; null where it is too long. While training begins with the
 *  weights of a link, that is still the link. */
export async function currentLink(): Promise<string | null> {
  const { link } = useStart.getState().from ?? {};
  if (link !== undefined) return link;
  const { description: model } = useModel.getState();
  const { writeLink } = await linkText();
  return (await writeLink({ model, losses: lossesFor(model), view: useUi.getState() }))?.hash ?? null;
}

/** Whether the page is as a first visit finds it, of which this tab's own address need not speak. Who is sent the address may have
 *  another model in his browser. */
async function isAsFound(): Promise<boolean> {
  const { description: model } = useModel.getState();
  if (model !== presets.perceptron.description || lossesFor(model) || useStart.getState().from) return false;
  return (await linkText()).isUsualView(useUi.getState());
}

/** A link to the model with the weights that it has now, rounded; null where they are too many for one, and undefined where there are
 *  none that were trained, or they are another model's. */
export async function trainedLink(): Promise<WrittenLink | null | undefined> {
  const { description: model } = useModel.getState();
  const isTrained = useRun.getState().status.step > 0 || useStart.getState().from !== null;
  const taken = isTrained ? await currentTrainer()?.take(1) : undefined;
  if (!taken || !isSameModel(taken.description, model)) return undefined;
  const { writeLink } = await linkText();
  return await writeLink({ model, losses: null, view: useUi.getState(), weights: taken.weights });
}

async function update(): Promise<void> {
  try {
    const hash = (await isAsFound()) ? "" : ((await currentLink()) ?? "");
    if (hash === location.hash && hash === ownLinks()[0]) return;
    writeStored(OWN_KEY, `${hash}\n${location.hash}`, "tab");
    if (hash === location.hash) return;
    history.replaceState(history.state, "", hash || `${location.pathname}${location.search}`);
  } catch {
    // Browsers before 2023 cannot deflate, and some refuse frequent changes: then the address stays as it is.
  }
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** The last update, which the next waits for: of two at once the older might end last. */
let updating = Promise.resolve();

const updateSoon = (): void => {
  timer ??= setTimeout(() => {
    timer = undefined;
    updating = updating.then(update);
  }, INTERVAL_MS);
};

/** From now on the address says what is on the page, and a link that is put there is opened.
 *  @param onReplaced hears that a link has replaced the model */
export function keepAddress(onReplaced: () => void): void {
  useModel.subscribe(updateSoon);
  useLosses.subscribe(updateSoon);
  useUi.subscribe(updateSoon);
  useLosses.subscribe(judge);
  addEventListener("hashchange", () => {
    // One that was left a moment ago may be wanted back.
    void openLink(location.hash, ownLinks().slice(0, 1)).then((isReplaced) => {
      if (isReplaced) onReplaced();
    });
  });
}

/** Whether a part of an address after `#` is meant as a link. */
export const isLink = (hash: string): boolean => hash.startsWith("#link=");

/** Opens a link, if it is one.
 *  @param own this tab's own addresses, which say nothing that it does not know better
 *  @returns whether it replaced the model */
export async function openLink(hash: string, own = ownLinks()): Promise<boolean> {
  if (!isLink(hash)) return false;
  try {
    const { readLink } = await linkText();
    const found = await readLink(hash);
    if ("key" in found) {
      notify({ severity: "warning", topic: "link", said: say("share.notOpened", { problem: found }) });
      return false;
    }
    const { model, losses, view, weights } = found;
    const isForeign = !own.includes(hash);
    const { description } = useModel.getState();
    const isOther = isForeign && !isSameModel(model, description);
    useLosses.setState({ linked: losses && { model, losses } });
    if (isForeign) {
      setPreferences(view);
      notify({ severity: "info", topic: "link", said: openedBy(found, isOther) });
    }
    if (isOther) replaceModel(model);
    // Loaded anew, or with the model that was there already, the weights are still those of the link.
    if (weights && isSameModel(model, useModel.getState().description)) {
      useStart.setState({ from: { title: t("share.theLink"), weights: weights.weights, link: hash } });
      return true;
    }
    return isOther;
  } catch (error) {
    notify({ severity: "warning", topic: "link", said: say("share.notOpened", { problem: String(error) }) });
    return false;
  }
}

function openedBy({ model: { name }, losses, weights }: LinkState, isOther: boolean): Said {
  const opened = isOther ? say("share.opened", { name }) : say("share.openedSame", { name });
  if (weights) return say("share.openedWithWeights", { opened, bits: weights.bits });
  return losses ? say("share.openedWithLosses", { opened }) : opened;
}

/** Whether the run begins with weights that were given to it, of which its description says nothing. */
let areWeightsGiven = false;

/** The model that is prepared was given weights of its own, until it is prepared anew or goes back to its start. */
export function noteGiven(): void {
  areWeightsGiven = true;
}

/** Takes what proves a run out of what the trainer tells. @param model as it is trained now */
export function hearLosses(event: TrainerEvent, model: ModelDescription | null): void {
  if (event.type === "cleared") areWeightsGiven = false;
  if (event.type === "steps" && model) noteSteps(event.steps, model);
  // What is recorded anew begins with the steps that follow; what is taken up has its first steps behind it.
  // A run with steps by hand is not that of its settings any more.
  else if (event.type === "cleared" || event.type === "recorded" || event.type === "by-hand") forgetLosses();
  else if (event.type === "rewound") forgetLosses(event.step);
}

function noteSteps(steps: StepBatch, model: ModelDescription): void {
  // Whoever opens the link has not the weights that the run began with.
  if (steps.first > 100 || areWeightsGiven || useStart.getState().from) return;
  const { backend } = useRun.getState().status;
  if (!backend) return;
  const ids = tasks[model.task.type].losses(aboutOf(model, dataOf(model))).map(({ id }) => id);
  // The number of threads changes no bit.
  const machine = `${backend.kind}: ${backend.adapter.replace(/, \d+ threads?$/, "")}`.slice(0, 100);
  noteLosses(steps, ids, model, machine);
}

/** Whether the run of this tab was judged. */
let isJudged = false;

/** Says how this tab's run compares with that of the link, once. */
function judge(): void {
  const { own, linked } = useLosses.getState();
  if (!own) isJudged = false;
  if (!own || !linked || isJudged || !isSameModel(own.model, linked.model)) return;
  const verdict = verdictOf(linked.losses, own.losses);
  if (!verdict) return;
  isJudged = true;
  void fetchLaterWords().then(() => notify({ severity: "info", topic: "link", said: saidOf(verdict), stays: true }));
}

function saidOf(verdict: Verdict): Said {
  const { kind, isOtherMachine } = verdict;
  const steps = verdict.steps.map(String);
  if (kind === "different") {
    const { step, was, now } = verdict;
    const values = { steps, step, was: was.toPrecision(7), now: now.toPrecision(7) };
    return say(isOtherMachine ? "share.differsElsewhere" : "share.differs", values);
  }
  if (kind === "same") return say("share.reproduced", { steps });
  return say(isOtherMachine ? "share.closeElsewhere" : "share.close", { steps });
}
