// Cases of images moved, turned and stretched.
import { apply, type Node } from "../../graph/node";
import { input } from "../../ops/leaf";
import { type Fill, fills } from "../../ops/fill";
import { resample, resampleOps } from "../../ops/resample";
import { constant } from "../../ops/constant";
import { concat } from "../../ops/strided";
import { type GradientCase, hand, type OpCases } from "./table";
import { drawn, given, type Sample, type Tensor } from "../sample";

const moved = (x: Node, maps: Node, fill: Fill): Node => resample(x, maps, { fill });
const passedBack = (dy: Node, maps: Node, fill: Fill): Node => apply(resampleOps.resampleGrad, [dy, maps], { fill });

/** A row of four pixels, and a map that reads it at `column + by`. */
const row = given([1, 1, 4, 1], [1, 2, 4, 8]);
const along = (by: number): Tensor => given([1, 6], [1, 0, by, 0, 1, 0]);

/** Turned and stretched a little, otherwise for each sample: eighths, so that no place is rounded, and none of them is a pixel's
 *  own, beside which a neighbour counts for nothing. */
const turns = (samples: number): Tensor =>
  given(
    [samples, 6],
    Array.from({ length: samples }, (_, n) => [0.875, 0.25 + n / 8, -1.3125, -0.375, 1.125 - n / 8, 0.6875]).flat(),
  );

/** The same for one sample and not fed, since nothing is passed back to maps. */
const oneTurn = (): Node =>
  concat(
    [0.875, 0.25, -1.3125, -0.375, 1.125, 0.6875].map((value) => constant(value, [1, 1])),
    1,
  );

const turned = (fill: Fill): GradientCase => ({
  name: fill,
  feeds: [drawn([1, 3, 4, 2], 2)],
  build: (x) => moved(x!, oneTurn(), fill),
});

const sizedBy =
  (build: (x: Node, maps: Node, fill: Fill) => Node) =>
  (n: number): Sample[] =>
    fills.flatMap((fill) =>
      [
        [2, n, 3, 4],
        [3, 4, n, 1],
        [1, 5, n, 6],
      ].map((shape) => ({
        name: `[${shape.join(", ")}], ${fill}`,
        feeds: [drawn(shape, 1), turns(shape[0]!)],
        build: (x, maps) => build(x!, maps!, fill),
      })),
    );

/** Cases by op. */
export const resampleCases: Record<keyof typeof resampleOps, OpCases> = {
  resample: {
    hand: [
      hand("reflect", [row, along(-2)], (x, maps) => moved(x, maps, "reflect"), [1, 1, 4, 1], [2, 1, 1, 2]),
      hand("constant", [row, along(2)], (x, maps) => moved(x, maps, "constant"), [1, 1, 4, 1], [4, 8, 0, 0]),
      hand("nearest", [row, along(3)], (x, maps) => moved(x, maps, "nearest"), [1, 1, 4, 1], [8, 8, 8, 8]),
      hand("wrap", [row, along(-1)], (x, maps) => moved(x, maps, "wrap"), [1, 1, 4, 1], [8, 1, 2, 4]),
      hand(
        "half a pixel between",
        [row, along(0.5)],
        (x, maps) => moved(x, maps, "constant"),
        [1, 1, 4, 1],
        [1.5, 3, 6, 4],
      ),
      hand(
        "a quarter turn",
        // Column and row change places.
        [given([1, 2, 2, 1], [1, 2, 3, 4]), given([1, 6], [0, 1, 0, 1, 0, 0])],
        (x, maps) => moved(x, maps, "reflect"),
        [1, 2, 2, 1],
        [1, 3, 2, 4],
      ),
    ],
    sized: sizedBy(moved),
    gradients: [turned("reflect"), turned("constant"), turned("nearest"), turned("wrap")],
    refused: [
      {
        name: "three axes",
        build: () => moved(input("x", [4, 4, 1]), input("maps", [4, 6]), "wrap"),
        message: /^resample: expected images \[N, H, W, C\], got \[4, 4, 1\]\. Reshape/,
      },
      {
        name: "a map for another number of samples",
        build: () => moved(input("x", [2, 4, 4, 1]), input("maps", [3, 6]), "wrap"),
        message: /^resample: expected a map of 6 numbers a sample \[2, 6\], got \[3, 6\]\.$/,
      },
    ],
  },
  resampleGrad: {
    hand: [
      hand(
        "each gets back by how much it gave",
        [row, along(0.5)],
        (dy, maps) => passedBack(dy, maps, "constant"),
        [1, 1, 4, 1],
        [0.5, 1.5, 3, 6],
      ),
      hand(
        "what is reflected gives twice",
        [row, along(-2)],
        (dy, maps) => passedBack(dy, maps, "reflect"),
        [1, 1, 4, 1],
        [6, 9, 0, 0],
      ),
    ],
    sized: sizedBy(passedBack),
    gradients: [
      {
        name: "reflect",
        feeds: [drawn([1, 3, 4, 2], 3)],
        build: (dy) => passedBack(dy!, oneTurn(), "reflect"),
      },
    ],
    refused: [
      {
        name: "no map",
        build: () => passedBack(input("dy", [2, 4, 4, 1]), input("maps", [2, 8]), "wrap"),
        message: /^resampleGrad: expected a map of 6 numbers a sample \[2, 6\], got \[2, 8\]\.$/,
      },
    ],
  },
};
