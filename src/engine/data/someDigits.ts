/** Datasets that are some digits of MNIST: what is learnt on these may serve for the others. */
import { type DatasetDef, infoOf } from "./dataset";
import { keepClasses } from "./keepDigits";
import { mnist } from "./mnist";

/** The samples of MNIST whose class is one of `kept`; classes count from 0 again, and are named as there.
 *  @param about what does not follow from MNIST; how many training samples these are was counted before */
export function someDigits(
  kept: readonly number[],
  about: Pick<DatasetDef, "id" | "title" | "description" | "trainCount">,
): DatasetDef {
  const { label, ...others } = mnist.columns;
  const names = kept.map((index) => label?.names?.[index] ?? "");
  const def: DatasetDef = {
    ...mnist,
    ...about,
    columns: { ...others, ...(label && { label: { ...label, names } }) },
    async load(source, options = {}) {
      // Which samples are wanted is known when all are there.
      const { train, test } = await mnist.load(source, { ...options, early: false });
      return { ...infoOf(def), train: keepClasses(mnist, train, kept), test: keepClasses(mnist, test, kept) };
    },
  };
  return def;
}
