/** Images that a generator has made, of the same noise each time. */
import { sizeOf } from "../../../src/engine";
import { Picture } from "./Picture";
import { t } from "../../common/words";
import classes from "./Images.module.css";
import type { ResultView } from "./view";

export const madeImages: ResultView = {
  id: "made-images",
  hint: "results.madeImagesHint",
  render: ({ count, shown }) => {
    const made = shown["made"];
    if (made?.kind !== "image") return null;
    const size = sizeOf(made.shape);
    return (
      <ul className={classes.pairs} aria-label={t("results.madeImages")}>
        {Array.from({ length: count }, (_, i) => (
          <li key={i} className={classes.pair}>
            <Picture
              values={made.data.subarray(i * size, (i + 1) * size)}
              shape={made.shape}
              className={classes.image}
            />
          </li>
        ))}
      </ul>
    );
  },
};
