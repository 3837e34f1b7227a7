/** The stages of presets that have several: what is learnt first, what begins with that, and the same without it. Each is a pure function of
 *  the model that was trained, so that what a visitor has edited goes along. */
import {
  allBlocks,
  isContainer,
  analyzeModel,
  type Block,
  mapBlocks,
  type ModelDescription,
  type NetworkDescription,
  type PresetId,
  presets,
  requireDataset,
  type WeightMatch,
  type WordKey,
} from "../../src/engine";
import { withFewLabels } from "./labels";

/** One stage. */
export interface Stage {
  /** Behind the preset's title in the model's name; empty for the first. */
  readonly suffix: string;
  /** What it is called on the page, and a sentence about it. */
  readonly name: WordKey & `starts.${string}`;
  readonly hint: WordKey & `starts.${string}`;
  /** The stage whose weights it begins with; null where the seed draws them. */
  readonly from: number | null;
  /** @param trained the model of that stage, or else of the one that is shown */
  readonly model: (trained: ModelDescription) => ModelDescription;
}

/** The same network with exactly those blocks frozen. */
const withFrozen = (network: NetworkDescription, isFrozen: (block: Block) => boolean): NetworkDescription => ({
  ...network,
  blocks: mapBlocks(network.blocks, (block) => {
    const { frozen: _, ...thawed } = block;
    return isFrozen(block) ? { ...thawed, frozen: true } : thawed;
  }),
});

/** Every network changed. */
const changed = (
  model: ModelDescription,
  change: (network: NetworkDescription) => NetworkDescription,
): ModelDescription => ({
  ...model,
  networks: Object.fromEntries(Object.entries(model.networks).map(([name, network]) => [name, change(network)])),
});

/** The layers that have weights of their own. */
const weightyOf = (model: ModelDescription) =>
  analyzeModel(model, requireDataset(model.dataset)).layers.filter(
    ({ variables }) => Object.keys(variables).length > 0,
  );

/** Freezes what has weights and reads pictures or series, which is what makes features; where nothing does, all but the last. */
export function withFrozenFeatures(model: ModelDescription): ModelDescription {
  const weighty = weightyOf(model);
  const features = weighty.filter(({ input }) => (input?.shape.length ?? 0) > 1);
  const ids = new Set((features.length > 0 ? features : weighty.slice(0, -1)).map(({ id }) => id));
  return changed(model, (network) => withFrozen(network, ({ id }) => ids.has(id)));
}

/** Freezes the layers all of whose weights are taken from elsewhere; the last layer with weights learns in any case. */
export function withTakenFrozen(model: ModelDescription, { left }: Pick<WeightMatch, "left">): ModelDescription {
  const lacking = new Set(left.map(({ name }) => name.split("/").at(-2)));
  const weighty = weightyOf(model);
  const ids = new Set(weighty.flatMap(({ id, name }) => (lacking.has(name) || id === weighty.at(-1)?.id ? [] : [id])));
  return changed(model, (network) => withFrozen(network, (block) => ids.has(block.id) || block.frozen === true));
}

/** Freezes the layers of a network up to one, in the order of the page; or, with none, thaws all. */
export function freezeUpTo(model: ModelDescription, network: string, id: string | null): ModelDescription {
  const found = model.networks[network];
  if (!found) return model;
  const ids = [...allBlocks({ networks: { [network]: found } })].map(({ block }) => block.id);
  const frozen = new Set(id === null ? [] : ids.slice(0, ids.indexOf(id) + 1));
  // What a container is holds for all in it.
  const isFrozen = (block: Block): boolean => frozen.has(block.id) && !isContainer(block);
  return { ...model, networks: { ...model.networks, [network]: withFrozen(found, isFrozen) } };
}

const thawed = (model: ModelDescription): ModelDescription =>
  changed(model, (network) => withFrozen(network, () => false));

/** What follows on a stage without labels: a hundred of them with what was learnt, and without. */
const withLabels = (
  first: Pick<Stage, "name" | "hint"> & { readonly preset: PresetId },
  begun: Pick<Stage, "hint" | "model">,
): readonly Stage[] => [
  { ...first, suffix: "", from: null, model: () => presets[first.preset].description },
  { ...begun, suffix: "100 labels", name: "starts.fewLabels", from: 0 },
  {
    suffix: "100 anew",
    name: "starts.fewLabelsAlone",
    hint: "starts.fewLabelsAloneHelp",
    from: null,
    model: (model) => withFewLabels(model, false),
  },
];

/** The stages by preset, the first of which is the preset itself. */
export const stages: Readonly<Partial<Record<PresetId, readonly Stage[]>>> = {
  "masked-pretraining": withLabels(
    { preset: "masked-pretraining", name: "starts.learnHidden", hint: "starts.learnHiddenHelp" },
    { hint: "starts.fewLabelsHelp", model: (model) => withFewLabels(model, true) },
  ),
  "rotation-pretraining": withLabels(
    { preset: "rotation-pretraining", name: "starts.learnTurns", hint: "starts.learnTurnsHelp" },
    { hint: "starts.fewLabelsFeaturesHelp", model: (model) => withFrozenFeatures(withFewLabels(model, false)) },
  ),
  transfer: [
    {
      suffix: "",
      name: "starts.learnLow",
      hint: "starts.learnLowHelp",
      from: null,
      model: (model) => thawed({ ...model, dataset: "lowdigits" }),
    },
    {
      suffix: "5 to 9",
      name: "starts.learnHigh",
      hint: "starts.learnHighHelp",
      from: 0,
      model: (model) => withFrozenFeatures({ ...model, dataset: "highdigits" }),
    },
    {
      suffix: "5 to 9, anew",
      name: "starts.learnHighAlone",
      hint: "starts.learnHighAloneHelp",
      from: null,
      model: (model) => thawed({ ...model, dataset: "highdigits" }),
    },
  ],
};

/** What a model of a stage is called: the first one as its preset. */
const nameOf = (preset: PresetId, stage: number): string => {
  const { title } = presets[preset];
  const found = stages[preset]?.[stage];
  return found?.suffix ? `${title}: ${found.suffix}` : title;
};

/** Which stage of a preset a model is, by its name, which edits leave alone; -1 for none. */
export const stageOf = (preset: PresetId, { name }: Pick<ModelDescription, "name">): number =>
  (stages[preset] ?? []).findIndex((_, stage) => nameOf(preset, stage) === name);

/** The model of a stage. */
export function modelOfStage(preset: PresetId, stage: number, trained: ModelDescription): ModelDescription {
  const found = stages[preset]?.[stage];
  return found ? { ...found.model(trained), name: nameOf(preset, stage) } : trained;
}
