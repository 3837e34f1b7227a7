/** Points that a generator has made, over those of the data and what the discriminator says of the plane. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const MadePlane = lazily(() => import("./made/MadePlane").then(({ default: Found }) => Found));

export const madePoints: ResultView = {
  id: "made-points",
  hint: "results.madePointsHint",
  render: ({ columns, shown }) => {
    const made = shown["made"];
    const real = Object.values(columns).find(({ info }) => info.kind === "points");
    const isPlane = made?.kind === "points" && made.shape.join() === "2" && real?.info.shape.join() === "2";
    return isPlane ? <MadePlane /> : null;
  },
};
