/** UpSampling2D: makes images larger by whole factors. No weights. */
import { choice, pair } from "../../fields";
import { upSample2d } from "../../ops/upSample";
import { sizeOf } from "../../shape";
import { defineLayer, f32 } from "../layer";
import { imageProblem } from "./shared";
import { say } from "../../words/said";

/** From `[H, W, C]` to `[factor H, factor W, C]`. `nearest` repeats each pixel, `bilinear` blends its neighbours. */
export const upSampling2D = defineLayer({
  type: "UpSampling2D",
  badge: "Up",
  category: "shape",
  help: "Enlarges an image by whole factors. Before a Conv2D it is the calm way to let a decoder or generator grow images.",
  fields: {
    size: pair({ label: "Factors", help: "How many times as high and as wide.", min: 1, max: 16, default: [2, 2] }),
    interpolation: choice({
      label: "Interpolation",
      help: "nearest repeats pixels; bilinear blends neighbours.",
      options: ["nearest", "bilinear"],
      default: "nearest",
    }),
  },
  here: (input, output) => say("here.resized", { from: input.shape, to: output.shape }),
  summary: ({ size, interpolation }) => [size.join("×"), interpolation],
  output: (input, { size }) => {
    const [height = 1, width = 1, channels = 1] = input.shape;
    return imageProblem(input) ?? f32([height * size[0], width * size[1], channels]);
  },
  flops: (_, output, { interpolation }) => (interpolation === "nearest" ? 0 : 7 * sizeOf(output.shape)),
  build: (x, _, { size, interpolation }) => upSample2d(x, size, interpolation),
});
