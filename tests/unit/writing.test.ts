// Text as a model reads and writes it: tokens, what is read of long and short texts, and how the next one is drawn.
import { expect, it } from "vitest";
import {
  drawToken,
  nextShares,
  readingOf,
  textOf,
  tokensFrom,
  wholeReadingOf,
} from "../../app/inspect/views/text/tokens";

const names = { names: [..."_.abc"], padding: 0, end: 1 };

it("takes small letters for capitals where there are none, and names what there is not", () => {
  expect(tokensFrom("aBx?x", names)).toEqual({ tokens: [2, 3], unknown: ["x", "?"] });
  expect(tokensFrom("aA", { names: ["a", "A"] }).tokens).toEqual([0, 1]);
  expect(textOf([1, 2, 3, 1, 0], names)).toBe("ab");
});

it("reads the end of a long text, and fills up a short one behind", () => {
  const { values, at } = readingOf([[1, 2], [1, 2, 3, 4, 2], []], 3, names);
  expect([...values]).toEqual([1, 2, 0, 0, 3, 4, 2, 0, 0, 0, 0, 0]);
  expect(at).toEqual([1, 2, 0]);
});

it("divides logits by the temperature, and never draws what fills up texts", () => {
  const outputs = Float32Array.of(0.5, 0.1, 0.1, 0.3, 0);
  const at = (temperature: number) =>
    nextShares(outputs, true, temperature, names).map((x) => Math.round(1e4 * x) / 1e4);
  expect([...at(1)]).toEqual([0, 0.2, 0.2, 0.6, 0]);
  // Squared: 1, 1 and 9 of 11.
  expect([...at(0.5)]).toEqual([0, 0.0909, 0.0909, 0.8182, 0]);
  expect([...at(0)]).toEqual([0, 0, 0, 1, 0]);
  const logits = Float32Array.of(9, 0, 0, Math.log(3), -Infinity);
  expect([...nextShares(logits, false, 1, names)].map((x) => Math.round(1e4 * x) / 1e4)).toEqual([0, 0.2, 0.2, 0.6, 0]);
});

it("draws tokens by their shares", () => {
  const shares = Float64Array.of(0, 0.2, 0.2, 0.6, 0);
  expect([0, 0.19, 0.21, 0.39, 0.41, 0.999999, 1].map((random) => drawToken(shares, random))).toEqual([
    1, 1, 2, 2, 3, 3, 3,
  ]);
});

it("reads words in small letters, rare ones as one sign, and the beginning of a text that is told apart, filled up before it", () => {
  const words = { names: ["\u2400", "\uFFFD", "good", "film"], padding: 0, areWords: true } as const;
  const told = tokensFrom("A GOOD film, good!", words);
  expect(told).toEqual({ tokens: [1, 2, 3, 2], unknown: ["a"] });
  // A text that was written of its tokens is read as those.
  expect(tokensFrom(textOf(told.tokens, words), words).tokens).toEqual(told.tokens);
  expect(wholeReadingOf([2, 3], 4, words)).toEqual({ values: Uint32Array.of(0, 0, 2, 3), start: 2 });
  expect(wholeReadingOf([2, 3, 1], 2, words)).toEqual({ values: Uint32Array.of(2, 3), start: 0 });
});
