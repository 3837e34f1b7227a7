/** Layers that change the shape and no number. */
import { reshape } from "../../ops/layout";
import { broadcastTo } from "../../ops/broadcast";
import { transpose } from "../../ops/strided";
import { formatShape, sizeOf } from "../../shape";
import { shapeField, whole } from "../../fields";
import { defineLayer } from "../layer";
import { layerFor } from "./roles";
import { asImage } from "./shared";
import { say } from "../../words/said";

/** From `[..]` to one axis, in row-major order. A view: it moves nothing. */
export const flatten = defineLayer({
  type: "Flatten",
  badge: "Fl",
  category: "shape",
  help: "Lays an image out as one long row of numbers, which Dense layers need.",
  fields: {},
  here: (input, output) => say("here.laidOut", { from: input.shape, to: output.shape }),
  summary: () => [],
  keepsNumbers: () => true,
  output: ({ shape, dtype }) => ({ shape: [sizeOf(shape)], dtype }),
  build: (x) => reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]),
});

/** From `[..]` to `targetShape`, in row-major order. A view: it moves nothing. Keras's -1 for a size left open is refused. */
export const reshapeLayer = defineLayer({
  type: "Reshape",
  badge: "Re",
  category: "shape",
  help: "Gives the same numbers another shape, for instance 784 as 28×28×1.",
  fields: {
    targetShape: shapeField({
      label: "Target shape",
      help: "Dimensions without the batch; their product must equal the input's.",
      maxRank: 4,
      default: [28, 28, 1],
    }),
  },
  here: (input, output) => say("here.laidOut", { from: input.shape, to: output.shape }),
  summary: ({ targetShape }) => [formatShape(targetShape)],
  keepsNumbers: () => true,
  output: ({ shape, dtype }, { targetShape }) =>
    sizeOf(shape) === sizeOf(targetShape)
      ? { shape: targetShape, dtype }
      : {
          needs: say("fit.asManyNumbers", { target: targetShape, numbers: sizeOf(targetShape) }),
          advice: say("fit.holdNumbers", { numbers: sizeOf(shape) }),
          fix: { kind: "set", key: "targetShape", value: asImage(shape) },
        },
  build: (x, _, { targetShape }) => reshape(x, [x.shape[0]!, ...targetShape]),
});

/** The axes of a sample in another order: `y`'s axis k is `x`'s axis `dims[k]`, counted from 1 as in Keras, since axis 0 is the
 *  batch. */
export const permute = defineLayer({
  type: "Permute",
  badge: "Pe",
  category: "shape",
  help: "Puts the axes in another order, for instance steps and channels of a series: 2, 1 turns it on its side.",
  fields: {
    dims: shapeField({
      label: "Order of axes",
      help: "The old axis that becomes each new one, counted from 1, the batch left out.",
      maxRank: 4,
      default: [2, 1],
    }),
  },
  here: (input, output) => say("here.turned", { from: input.shape, to: output.shape }),
  looksAhead: ({ dims }) => dims[0] !== 1,
  summary: ({ dims }) => [dims.join(", ")],
  keepsNumbers: () => true,
  output: ({ shape, dtype }, { dims }) => {
    const isOrder = dims.length === shape.length && shape.every((_, axis) => dims.includes(axis + 1));
    if (isOrder) return { shape: dims.map((axis) => shape[axis - 1] ?? 1), dtype };
    return {
      needs: say("fit.asManyAxes", { order: dims.join(", ") }),
      advice: say("fit.nameEachAxis", { axes: shape.length }),
      ...(shape.length > 0 && {
        fix: { kind: "set", key: "dims", value: shape.map((_, axis) => shape.length - axis) },
      }),
    };
  },
  build: (x, _, { dims }) => transpose(x, [0, ...dims]),
});

/** From `[C]` to `[n, C]`: the same numbers at every step of a series. */
export const repeatVector = defineLayer({
  type: "RepeatVector",
  badge: "Rv",
  category: "shape",
  help: "Repeats a row of numbers, so that every step of a series is given the same ones.",
  fields: { n: whole({ label: "Times", help: "How often: the steps of the series.", min: 1, max: 1024, default: 2 }) },
  here: ({ shape }, _, { n }) => say("here.repeated", { inputs: shape[0] ?? 1, times: n }),
  summary: ({ n }) => [`×${n}`],
  keepsNumbers: () => true,
  output: ({ shape, dtype }, { n }) =>
    shape.length === 1
      ? { shape: [n, shape[0]!], dtype }
      : { needs: say("fit.flat"), fix: { kind: "insertBefore", layer: layerFor.rows } },
  build: (x, _, { n }) => {
    const [samples = 1, numbers = 1] = x.shape;
    return broadcastTo(reshape(x, [samples, 1, numbers]), [samples, n, numbers]);
  },
});
