/** What each unit of each layer gives over the plane that points are read from, as small pictures. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { readyOf } from "../data/dataset";
import { tasks } from "../tasks";
import { defineInquiry, wholeSchema } from "./inquiry";
import { Side, sideGraph } from "./side";

/** Points that tell how far the plane reaches. */
const MAX_POINTS = 1000;

/** The units of one layer. */
export interface UnitFields {
  readonly network: string;
  readonly block: string;
  /** How many there are, of which the first `shown` are told. */
  readonly units: number;
  readonly shown: number;
  /** `[shown, resolution^2]`, row by row from the top. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** The layers that give a row of numbers for a point of a plane; none where the model reads something else.
 *  @param question `most`: units of a layer that are told */
export const unitFields = defineInquiry({
  question: v.object({ resolution: wholeSchema(2, 64), most: wholeSchema(1, 64) }),
  answer: async (subject, { resolution, most }): Promise<UnitFields[]> => {
    const { model, dataset } = subject;
    const places = resolution * resolution;
    const side = sideGraph(subject, places);
    tasks[model.description.task.type].show(side.graph);
    const [[name = "", leaf] = []] = side.columns;
    const info = model.data.columns[name];
    const stored = dataset.test.columns[name];
    if (!leaf || !stored || info?.kind !== "points" || info.shape.join() !== "2") return [];
    const outputs = Object.entries(side.networks).flatMap(([network, own]) =>
      own.outputs.flatMap(({ name: block, node }) =>
        node.shape.length === 2 && node.dtype === "f32" ? [{ network, block, node }] : [],
      ),
    );
    if (outputs.length === 0) return [];
    let reach = 0;
    for (let i = 0; i < 2 * Math.min(MAX_POINTS, readyOf(dataset.test)); i++) {
      reach = Math.max(reach, 1.05 * Math.abs((stored[i] ?? 0) * info.scale));
    }
    const nodes = [...new Set(outputs.map(({ node }) => node))];
    const opened = await Side.open(subject, { outputs: nodes }, side.columns.values(), createCpuBackend());
    try {
      const at = (i: number): number => reach * ((2 * (i + 0.5)) / resolution - 1);
      const plane = Float32Array.from({ length: 2 * places }, (_, i) => {
        const place = i >> 1;
        return i % 2 === 0 ? at(place % resolution) : -at(Math.floor(place / resolution));
      });
      opened.write(leaf, plane);
      opened.run();
      return await Promise.all(
        outputs.map(async ({ network, block, node }) => {
          const units = node.shape[1] ?? 1;
          const shown = Math.min(units, most);
          const found = await opened.read(node);
          const values = new Float32Array(shown * places);
          for (let unit = 0; unit < shown; unit++) {
            for (let place = 0; place < places; place++) {
              values[unit * places + place] = found[place * units + unit] ?? 0;
            }
          }
          return { network, block, units, shown, values };
        }),
      );
    } finally {
      opened.dispose();
    }
  },
});
