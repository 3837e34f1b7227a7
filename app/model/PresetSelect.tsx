/** Chooses a preset, and says when the model is no longer one. */
import { NativeSelect } from "@mantine/core";
import type { PresetId } from "../../src/engine";
import { presets } from "../../src/engine";
import { announce } from "../store/ui";
import { replaceModel, useDescription } from "../store/model";
import { makeWay } from "../train/session";
import { matchPreset, presetIds } from "./matchPreset";
import { t, wordOf } from "../common/words";
import classes from "./PresetSelect.module.css";

const titleOf = (id: PresetId): string => wordOf(`presets.${id}.title`, presets[id].title);

/** Puts a preset in the place of the model, and of its run. */
export function choosePreset(id: PresetId): void {
  replaceModel(presets[id].description);
  makeWay();
  announce(t("model.presetLoaded", { title: titleOf(id) }));
}

export function PresetSelect() {
  const description = useDescription();
  const id = matchPreset(description);
  const { name } = description;
  // A stage of a preset, or a file's model, has a name of its own, and is none that was edited.
  const edited = presetIds.some((preset) => presets[preset].title === name) ? t("model.edited", { name }) : name;
  return (
    <NativeSelect
      label={t("model.preset")}
      size="xs"
      classNames={{
        root: classes.root ?? "",
        label: classes.label ?? "",
        wrapper: classes.wrapper ?? "",
        input: classes.input ?? "",
      }}
      title={id === null ? edited : wordOf(`presets.${id}.help`, presets[id].help)}
      value={id ?? ""}
      onChange={({ currentTarget: { value } }) => {
        const chosen = presetIds.find((preset) => preset === value);
        if (chosen) choosePreset(chosen);
      }}
    >
      {id === null && (
        <option value="" disabled>
          {edited}
        </option>
      )}
      {presetIds.map((preset) => (
        <option key={preset} value={preset}>
          {titleOf(preset)}
        </option>
      ))}
    </NativeSelect>
  );
}
