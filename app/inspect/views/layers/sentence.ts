/** How one number is computed, in a sentence or two. */
import type { Arithmetic } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { termsOf } from "./terms";

const sumOfPowers = (row: Float64Array): string => formatScore(row.reduce((sum, z) => sum + Math.exp(z), 0));

/** `9 products add up to 0.3; with 0.1, …, that is 0.4. Then relu: relu(0.4) = 0.4.` */
export function sentenceOf(answer: Arithmetic): string {
  const { isSum, constant, before, activation, output, row } = answer;
  const terms = termsOf(answer);
  const sum = isSum
    ? t("inspect.sumIs", {
        terms: terms.length,
        total: formatScore(terms.reduce((total, { product }) => total + product, 0)),
        constant: formatScore(constant),
        before: formatScore(before),
      })
    : t("inspect.isNoSum", { before: formatScore(before) });
  if (activation === undefined) return sum;
  const about = { before: formatScore(before), output: formatScore(output) };
  const then =
    activation === "softmax"
      ? t("inspect.softmaxIs", { ...about, all: row.length, sum: sumOfPowers(row) })
      : t("inspect.activationIs", { ...about, activation });
  return `${sum} ${then}`;
}
