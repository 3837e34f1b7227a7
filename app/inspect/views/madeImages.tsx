/** Images that a generator has made, of the same noise each time. */
import { sizeOf } from "../../../src/engine";
import { Picture } from "./Picture";
import classes from "./Images.module.css";
import type { ResultView } from "./view";

export const madeImages: ResultView = {
  id: "made-images",
  hint: "Each is made of the same noise as before: does it become something?",
  render: ({ count, shown }) => {
    const made = shown["made"];
    if (made?.kind !== "image") return null;
    const size = sizeOf(made.shape);
    return (
      <ul className={classes.pairs} aria-label="Made images">
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
