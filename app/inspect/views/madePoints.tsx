/** Points that a generator has made, over those of the data. */
import { Scatter } from "./Scatter";
import type { ResultView } from "./view";

const pairsOf = (values: ArrayLike<number>): (readonly [number, number])[] =>
  Array.from({ length: values.length >> 1 }, (_, i) => [values[2 * i] ?? NaN, values[2 * i + 1] ?? NaN] as const);

export const madePoints: ResultView = {
  id: "made-points",
  hint: "Grey is real, coloured is made: does the generator reach every cluster?",
  render: ({ columns, shown }) => {
    const made = shown["made"];
    const real = Object.values(columns).find(({ info }) => info.kind === "points" && info.shape[0] === 2);
    if (made?.kind !== "points" || made.shape[0] !== 2 || !real) return null;
    return (
      <Scatter
        label="Points of the data and points that the generator has made"
        sets={[
          { title: "real", look: "data", points: pairsOf(real.values) },
          { title: "made", look: "model", points: pairsOf(made.data) },
        ]}
      />
    );
  },
};
