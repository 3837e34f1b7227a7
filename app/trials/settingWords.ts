/** What the settings of a model are called, and which of them are offered together. */
import { type Field, type ModelDescription, type ModelSetting, blockNames } from "../../src/engine";
import { t, wordOf } from "../common/words";
import { modelSettings } from "./tools";

/** A setting with its field in the language of the page. */
export interface NamedSetting extends ModelSetting {
  readonly label: string;
  /** What it is of: a layer, or how a network learns. */
  readonly group: string;
}

/** What fields of registries and of blocks are called, which are in no record. */
const own: Readonly<Record<string, () => { readonly label: string; readonly help: string }>> = {
  optimizer: () => ({ label: t("training.optimizer"), help: t("training.optimizerHelp") }),
  schedule: () => ({ label: t("training.schedule"), help: t("training.scheduleHelp") }),
  frozen: () => ({ label: t("trials.frozen"), help: t("trials.frozenHelp") }),
};

function inWords(field: Field, path: string): Field {
  const { label, help } = own[path]?.() ?? {
    label: wordOf(`${path}.label`, field.label),
    help: wordOf(`${path}.help`, field.help),
  };
  return { ...field, label, help };
}

/** All settings in which variants of a model may differ. */
export function namedSettings(model: ModelDescription): NamedSetting[] {
  const isOne = Object.keys(model.networks).length === 1;
  const names = new Map(
    Object.entries(model.networks).map(([network, { blocks }]) => [network, blockNames(blocks)] as const),
  );
  return modelSettings(model).map((setting) => {
    const { block, network, key } = setting;
    const field = inWords(setting.field, setting.path);
    const part =
      network === null
        ? t(key.startsWith("task") ? "trials.ofTask" : "trials.ofTraining")
        : block === null
          ? t("trials.ofLearning")
          : (names.get(network)?.get(block) ?? block);
    const group = network === null || isOne ? part : t("trials.inNetwork", { network, part });
    return { ...setting, field, label: field.label, group };
  });
}

/** Settings by their groups, in order. */
export function groupsOf(settings: readonly NamedSetting[]): readonly (readonly [string, readonly NamedSetting[]])[] {
  const groups = new Map<string, NamedSetting[]>();
  for (const setting of settings) groups.set(setting.group, [...(groups.get(setting.group) ?? []), setting]);
  return [...groups];
}
