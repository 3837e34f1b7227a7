/** Images beside what an autoencoder makes of them, and where it is off. */
import type { CSSProperties } from "react";
import type { Predictions, ShownValue } from "../../../../src/engine";
import { sizeOf } from "../../../../src/engine";
import { Picture } from "../Picture";
import { t } from "../../../common/words";
import classes from "../Images.module.css";

/** The pictures of a sample from above, and how far off the rebuilt one is on average. */
interface Stack {
  readonly sample: number;
  readonly pictures: readonly Float32Array[];
  readonly error: number;
}

/** @param size numbers in an image */
function stackOf(original: ArrayLike<number>, shown: readonly ShownValue[], i: number, size: number): Stack {
  const imageAt = (values: ArrayLike<number>) =>
    Float32Array.from({ length: size }, (_, k) => values[i * size + k] ?? 0);
  const before = imageAt(original);
  const made = shown.map(({ data }) => imageAt(data));
  const error = before.map((value, k) => Math.abs(value - (made.at(-1)?.[k] ?? 0)));
  return {
    sample: i,
    pictures: [before, ...made, error],
    error: error.reduce((total, value) => total + value, 0) / size,
  };
}

export function RebuiltImages({ predictions }: { readonly predictions: Predictions }) {
  const { count, columns, shown } = predictions;
  const { noisy, rebuilt } = shown;
  const original = Object.values(columns).find(({ info }) => info.kind === "image");
  if (rebuilt?.kind !== "image" || !original) return null;
  const { shape } = original.info;
  const made = noisy ? [noisy, rebuilt] : [rebuilt];
  const titles = [
    t("results.original"),
    ...(noisy ? [t("results.noisy")] : []),
    t("results.rebuilt"),
    t("results.error"),
  ];
  const stacks = Array.from({ length: count }, (_, i) => stackOf(original.values, made, i, sizeOf(shape)));
  return (
    <div className={classes.titled} style={{ "--rows": titles.length } as CSSProperties}>
      <div className={classes.titles} aria-hidden>
        {titles.map((title) => (
          <span key={title}>{title}</span>
        ))}
      </div>
      <ul className={classes.pairs} aria-label={t("results.rebuiltImages")}>
        {stacks.map(({ sample, pictures, error }) => (
          <li key={sample} className={classes.pair}>
            {pictures.map((values, row) => (
              <Picture key={titles[row]} values={values} shape={shape} className={classes.image} />
            ))}
            <span className={classes.caption} title={t("results.offHelp")}>
              {t("results.off", { error: error.toFixed(3) })}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
