/** Layers that change the shape and no number. */
import { reshape } from "../../ops/layout";
import { formatShape, sizeOf } from "../../shape";
import { shapeField } from "../../fields";
import { defineLayer } from "../layer";
import { asImage } from "./shared";
import { say } from "../../words/said";

/** From `[..]` to one axis, in row-major order. A view: it moves nothing. */
export const flatten = defineLayer({
  type: "Flatten",
  badge: "Fl",
  category: "shape",
  help: "Lays an image out as one long row of numbers, which Dense layers need.",
  fields: {},
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
