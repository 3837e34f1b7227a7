/** Images beside what an autoencoder makes of them. */
import { sizeOf } from "../../../src/engine";
import { Picture } from "./Picture";
import { t } from "../../common/words";
import classes from "./Images.module.css";
import type { ResultView } from "./view";

export const rebuiltImages: ResultView = {
  id: "rebuilt-images",
  hint: "results.rebuiltImagesHint",
  render: ({ count, columns, shown }) => {
    const rebuilt = shown["rebuilt"];
    const original = Object.values(columns).find(({ info }) => info.kind === "image");
    if (rebuilt?.kind !== "image" || !original) return null;
    const { shape } = original.info;
    const size = sizeOf(shape);
    const imageAt = (values: ArrayLike<number>, i: number) =>
      Float32Array.from({ length: size }, (_, k) => values[i * size + k] ?? 0);
    const pairs = Array.from({ length: count }, (_, i) => {
      const [before, after] = [imageAt(original.values, i), imageAt(rebuilt.data, i)];
      const error = before.reduce((total, value, k) => total + Math.abs(value - (after[k] ?? 0)), 0) / size;
      return { i, before, after, error };
    });
    return (
      <ul className={classes.pairs} aria-label={t("results.rebuiltImages")}>
        {pairs.map(({ i, before, after, error }) => (
          <li key={i} className={classes.pair}>
            <Picture values={before} shape={shape} className={classes.image} />
            <Picture values={after} shape={shape} className={classes.image} />
            <span className={classes.caption} title={t("results.offHelp")}>
              {t("results.off", { error: error.toFixed(3) })}
            </span>
          </li>
        ))}
      </ul>
    );
  },
};
