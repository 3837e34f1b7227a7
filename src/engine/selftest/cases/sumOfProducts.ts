// Cases of sums of matrix products.
import { input } from "../../ops/leaf";
import { sumOfProducts, type sumOfProductsOps } from "../../ops/sumOfProducts";
import { hand, type OpCases } from "./table";
import { drawn, given } from "../sample";

/** Cases by op. */
export const sumOfProductsCases: Record<keyof typeof sumOfProductsOps, OpCases> = {
  sumOfProducts: {
    // Some 770 products of up to 4, whose running totals of up to 100 round by 4e-6 each.
    tolerance: 5e-5,
    hand: [
      hand(
        "rows of two after each other, columns of two with a number between",
        [given([5], [9, 1, 2, 3, 4]), given([1, 5], [10, 20, 0, 30, 40])],
        (x, y) =>
          sumOfProducts(x, y, {
            ...{ count: 2, m: 1, n: 1, depth: 2, shape: [1] },
            ...{ a: { at: 1, next: 2, line: 2, along: 1 }, b: { at: 0, next: 3, line: 2, along: 1 } },
          }),
        [1],
        [10 + 40 + 90 + 160],
      ),
      hand(
        "both by lines",
        [given([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), given([2, 2, 1], [1, 10, 100, 1000])],
        (x, y) =>
          sumOfProducts(x, y, {
            ...{ count: 2, m: 2, n: 1, depth: 2, shape: [2, 1] },
            ...{ a: { at: 0, next: 4, line: 1, along: 2 }, b: { at: 0, next: 2, line: 1, along: 1 } },
          }),
        [2, 1],
        [1 + 30 + 500 + 7000, 2 + 40 + 600 + 8000],
      ),
    ],
    sized: (n) => [
      {
        name: `three, ${n} deep, whose fours lie along K`,
        feeds: [drawn([3, 9, n], 1), drawn([4 + 3 * (12 * n + 8)], 2)],
        build: (x, y) =>
          sumOfProducts(x, y, {
            ...{ count: 3, m: 9, n: 12, depth: n, shape: [9, 12] },
            ...{ a: { at: 0, next: 9 * n, line: n, along: 1 }, b: { at: 4, next: 12 * n + 8, line: n, along: 1 } },
          }),
      },
      {
        name: `two of ${n} rows and columns, whose fours are lines`,
        feeds: [drawn([2, 5, n], 3), drawn([2, 5, n], 4)],
        build: (x, y) =>
          sumOfProducts(x, y, {
            ...{ count: 2, m: n, n, depth: 5, shape: [n, n] },
            ...{ a: { at: 0, next: 5 * n, line: 1, along: n }, b: { at: 0, next: 5 * n, line: 1, along: n } },
          }),
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "operands beyond the end",
        build: () =>
          sumOfProducts(input("x", [7]), input("y", [8]), {
            ...{ count: 2, m: 2, n: 2, depth: 2, shape: [2, 2] },
            ...{ a: { at: 0, next: 4, line: 2, along: 1 }, b: { at: 0, next: 4, line: 1, along: 2 } },
          }),
        message: /^sumOfProducts: expected tensors of at least 8 and 8 elements, got \[7\] and \[8\]\.$/,
      },
      {
        name: "another shape",
        build: () =>
          sumOfProducts(input("x", [8]), input("y", [8]), {
            ...{ count: 2, m: 2, n: 2, depth: 2, shape: [5] },
            ...{ a: { at: 0, next: 4, line: 2, along: 1 }, b: { at: 0, next: 4, line: 1, along: 2 } },
          }),
        message: /^sumOfProducts: expected a shape of 4 elements, got \[5\]\.$/,
      },
    ],
  },
};
