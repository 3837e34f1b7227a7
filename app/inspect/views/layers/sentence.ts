/** How one number is computed, in a sentence or two. */
import type { Arithmetic } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { termsOf } from "./terms";

const sumOfPowers = (row: Float64Array): string => formatScore(row.reduce((sum, z) => sum + Math.exp(z), 0));

/** `9 products add up to 0.3; with 0.1, …, that is 0.4. Then relu: relu(0.4) = 0.4.` */
export function sentenceOf(answer: Arithmetic): string {
  const { before, activation, output, row } = answer;
  const sum = beforeIt(answer);
  if (activation === undefined) return sum;
  const values = { before: formatScore(before), output: formatScore(output) };
  const then =
    activation === "softmax"
      ? t("inspect.softmaxIs", { ...values, all: row.length, sum: sumOfPowers(row) })
      : t("inspect.activationIs", { ...values, activation });
  return `${sum} ${then}`;
}

/** How it is computed before its activation. */
function beforeIt(answer: Arithmetic): string {
  const { isSum, constant, among, weights } = answer;
  const before = formatScore(answer.before);
  if (answer.parts.length > 0) return t("inspect.partsAre", { before });
  if (among) return t("inspect.largestIs", { count: among.values.length, before });
  if (!isSum) return t("inspect.isNoSum", { before });
  if (constant === 0 && weights.length === 1 && weights[0] === 1) return t("inspect.passedOn", { before });
  const terms = termsOf(answer);
  return t("inspect.sumIs", {
    terms: terms.length,
    total: formatScore(terms.reduce((total, { product }) => total + product, 0)),
    constant: formatScore(constant),
    before,
  });
}
