/** Attributions in numbers: what the picture of them shows, by parts of the image. */
import { useMemo } from "react";
import type { Why } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { ninthsOf, overChannels } from "./parts";
import classes from "./WhyView.module.css";

const rows = ["top", "middle", "bottom"] as const;
const columns = ["left", "centre", "rightSide"] as const;

export function Ninths({ answer: { values, shape, method } }: { readonly answer: Why }) {
  const [height = 1, width = 1, channels = 1] = shape;
  const isMean = method === "occlusion";
  const ninths = useMemo(
    () => ninthsOf(overChannels(values, channels), height, width, isMean),
    [values, channels, height, width, isMean],
  );
  return (
    <table className={classes.ninths} aria-label={t("inspect.ninths")}>
      <caption>{t(isMean ? "inspect.ninthsMean" : "inspect.ninthsSum")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("inspect.part")}</th>
          {columns.map((name) => (
            <th key={name} scope="col">
              {t(`inspect.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((name, row) => (
          <tr key={name}>
            <th scope="row">{t(`inspect.${name}`)}</th>
            {columns.map((column, i) => (
              <td key={column}>{formatScore(ninths[3 * row + i] ?? NaN)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
