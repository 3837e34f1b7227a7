/** Points that a generator has made, over those of the data. */
import { Scatter } from "./Scatter";
import type { ResultView } from "./view";
import { t } from "../../common/words";

const pairsOf = (values: ArrayLike<number>): (readonly [number, number])[] =>
  Array.from({ length: values.length >> 1 }, (_, i) => [values[2 * i] ?? NaN, values[2 * i + 1] ?? NaN] as const);

export const madePoints: ResultView = {
  id: "made-points",
  hint: "results.madePointsHint",
  render: ({ columns, shown }) => {
    const made = shown["made"];
    const real = Object.values(columns).find(({ info }) => info.kind === "points" && info.shape[0] === 2);
    if (made?.kind !== "points" || made.shape[0] !== 2 || !real) return null;
    return (
      <Scatter
        label={t("results.madePoints")}
        sets={[
          { title: t("results.real"), look: "data", points: pairsOf(real.values) },
          { title: t("results.made"), look: "model", points: pairsOf(made.data) },
        ]}
      />
    );
  },
};
