/** Images as the model sees them turned, with what it says: by how many degrees. */
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Predictions } from "../../../../src/engine";
import { sizeOf } from "../../../../src/engine";
import { t } from "../../../common/words";
import classes from "../Images.module.css";
import { Picture } from "../Picture";

export function TurnedImages({ predictions: { count, columns, shown } }: { readonly predictions: Predictions }) {
  const { turned, quarters, told } = shown;
  const original = Object.values(columns).find(({ info }) => info.kind === "image");
  if (!turned || !quarters || !told || !original) return null;
  const { shape } = original.info;
  const size = sizeOf(shape);
  return (
    <ul className={classes.pairs} aria-label={t("inspect.turnedImages")}>
      {Array.from({ length: count }, (_, i) => {
        const outputs = [...told.data.subarray(4 * i, 4 * i + 4)];
        const says = outputs.indexOf(Math.max(...outputs));
        const is = Math.round(quarters.data[i] ?? 0);
        const Mark = says === is ? IconCheck : IconX;
        const degrees = { is: 90 * is, says: 90 * says };
        return (
          <li key={i} className={classes.pair} data-wrong={says !== is || undefined}>
            <Picture
              values={Float32Array.from(turned.data.subarray(i * size, (i + 1) * size))}
              shape={shape}
              className={classes.image}
            />
            <span className={classes.verdict} title={t("inspect.turnedBy", degrees)}>
              <Mark size={11} stroke={3} aria-hidden />
              <span aria-hidden>{t("inspect.toldTurn", degrees)}</span>
              <span className="visuallyHidden">{t("inspect.turnedBy", degrees)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
