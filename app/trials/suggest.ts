/** Variants that are worth a race with most models, to begin with. Pure. */
import { type ModelDescription, type SettingValues } from "../../src/engine";
import { modelSettings } from "./tools";

/** The rung next to a value on a ladder. */
function beside(ladder: readonly number[], value: number, direction: 1 | -1): number | undefined {
  return direction > 0
    ? ladder.find((rung) => rung > value * (1 + 1e-9))
    : ladder.findLast((rung) => rung < value * (1 - 1e-9));
}

/** The learning rates of all networks one rung up, then one down, then twice the batch. @param turn how many were suggested before */
export function suggestedValues(base: ModelDescription, turn: number): SettingValues {
  const settings = modelSettings(base);
  const wanted =
    turn < 2
      ? settings.filter(({ key }) => key.endsWith(".optimizer.learningRate"))
      : settings.filter(({ key }) => key === "training.batchSize");
  const direction = turn % 2 === 0 ? 1 : -1;
  return Object.fromEntries(
    wanted.flatMap(({ key, field, value }) => {
      const next =
        field.kind === "number" && field.ladder && typeof value === "number"
          ? beside(field.ladder, value, direction)
          : undefined;
      return next === undefined ? [] : [[key, next]];
    }),
  );
}
