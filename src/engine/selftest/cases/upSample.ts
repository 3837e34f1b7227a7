// Cases of enlarging images.
import { apply, type Node } from "../../graph/node";
import { input } from "../../ops/leaf";
import { upSample2d, upSampleOps, type UpSampleOptions } from "../../ops/upSample";
import { hand, type OpCases } from "./table";
import { drawn, given, type Sample } from "../sample";

const twice: UpSampleOptions = { factors: [2, 2], interpolation: "nearest" };
const wide: UpSampleOptions = { factors: [1, 3], interpolation: "nearest" };
const smooth: UpSampleOptions = { factors: [2, 2], interpolation: "bilinear" };
const uneven: UpSampleOptions = { factors: [3, 4], interpolation: "bilinear" };

const enlarged = (x: Node, { factors, interpolation }: UpSampleOptions): Node => upSample2d(x, factors, interpolation);
const passedBack = (dy: Node, options: UpSampleOptions): Node => apply(upSampleOps.upSample2dGrad, [dy], options);

/** Small images `n` high or wide, with channels in fours, none, and some more. */
function images(n: number): { shape: readonly number[]; options: UpSampleOptions }[] {
  return [
    { shape: [2, n, 3, 4], options: twice },
    { shape: [1, 2, n, 5], options: wide },
    { shape: [2, n, 3, 1], options: smooth },
    { shape: [1, 4, n, 6], options: uneven },
    { shape: [1, 1, n, 2], options: { factors: [2, 1], interpolation: "bilinear" } },
  ];
}

const sizedBy =
  (build: (x: Node, options: UpSampleOptions) => Node, isBack: boolean) =>
  (n: number): Sample[] =>
    images(n).map(({ shape, options }) => {
      const [samples, height, width, channels] = shape as [number, number, number, number];
      const [down, across] = options.factors;
      const fed = isBack ? [samples, height * down, width * across, channels] : shape;
      const name = `[${fed.join(", ")}] by ${down} and ${across}, ${options.interpolation}`;
      return { name, feeds: [drawn(fed, 1)], build: (x) => build(x, options) };
    });

/** Cases by op. */
export const upSampleCases: Record<keyof typeof upSampleOps, OpCases> = {
  upSample2d: {
    hand: [
      hand(
        "pixels repeated",
        [given([1, 2, 2, 1], [1, 2, 3, 4])],
        (x) => enlarged(x, twice),
        [1, 4, 4, 1],
        [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
      ),
      hand(
        "channels stay together",
        [given([1, 1, 2, 2], [1, 2, 3, 4])],
        (x) => enlarged(x, wide),
        [1, 1, 6, 2],
        [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4],
      ),
      hand(
        "blended, with centres half a pixel in",
        [given([1, 1, 3, 1], [0, 4, 8])],
        (x) => upSample2d(x, [1, 2], "bilinear"),
        [1, 1, 6, 1],
        [0, 1, 3, 5, 7, 8],
      ),
      hand(
        "blended by an odd factor, which keeps the centres",
        [given([1, 2, 1, 1], [0, 3])],
        (x) => upSample2d(x, [3, 1], "bilinear"),
        [1, 6, 1, 1],
        [0, 0, 1, 2, 3, 3],
      ),
      hand(
        "blended along both axes",
        [given([1, 2, 2, 1], [0, 4, 8, 12])],
        (x) => enlarged(x, smooth),
        [1, 4, 4, 1],
        [0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12],
      ),
    ],
    sized: sizedBy(enlarged, false),
    gradients: [
      { name: "nearest", feeds: [drawn([2, 2, 3, 2], 1)], build: (x) => enlarged(x, twice) },
      { name: "bilinear", feeds: [drawn([2, 2, 3, 2], 2)], build: (x) => enlarged(x, uneven) },
    ],
    refused: [
      {
        name: "three axes",
        build: () => upSample2d(input("x", [4, 4, 1]), [2, 2]),
        message: /^upSample2d: expected images \[N, H, W, C\], got \[4, 4, 1\]\. Reshape/,
      },
      {
        name: "a factor between",
        build: () => upSample2d(input("x", [1, 4, 4, 1]), [2, 1.5]),
        message: /^upSample2d: expected factors to be positive whole numbers, got 2 and 1\.5\.$/,
      },
      {
        name: "bytes",
        build: () => upSample2d(input("x", [1, 4, 4, 1], "u8"), [2, 2]),
        message: /^upSample2d: expected f32 operands, got u8\. Gather/,
      },
    ],
  },
  upSample2dGrad: {
    hand: [
      hand(
        "sums of blocks",
        [given([1, 2, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8])],
        (dy) => passedBack(dy, twice),
        [1, 1, 2, 1],
        [14, 22],
      ),
      hand(
        "each gets back by how much it gave",
        [given([1, 1, 6, 1], [1, 10, 100, 1000, 10_000, 100_000])],
        (dy) => passedBack(dy, { factors: [1, 2], interpolation: "bilinear" }),
        [1, 1, 3, 1],
        // 1 + 10 3/4 + 100 1/4; 10 1/4 + 100 3/4 + 1000 3/4 + 10,000 1/4; 1000 1/4 + 10,000 3/4 + 100,000.
        [33.5, 3327.5, 107_750],
      ),
    ],
    sized: sizedBy(passedBack, true),
    gradients: [
      { name: "nearest", feeds: [drawn([1, 4, 6, 2], 1)], build: (dy) => passedBack(dy, twice) },
      { name: "bilinear", feeds: [drawn([1, 6, 8, 2], 2)], build: (dy) => passedBack(dy, uneven) },
    ],
    refused: [
      {
        name: "an image that is no multiple",
        build: () => passedBack(input("dy", [1, 3, 4, 1]), twice),
        message: /^upSample2dGrad: expected an image whose sides are multiples of 2 and 2, got \[1, 3, 4, 1\]\.$/,
      },
    ],
  },
};
