/** The plane in numbers: how the samples of each class lie among the others. Classes are chosen here too, and their colours told. */
import { type CSSProperties, useMemo } from "react";
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { hueOf } from "../plane/places";
import { mixingOf } from "./places";
import classes from "./EmbeddingView.module.css";

/** Beyond, it is no table that one reads. */
const MOST = 40;

interface ClassMixingProps {
  readonly places: Float32Array;
  readonly labels: Uint32Array;
  readonly classNames: readonly string[];
  readonly onChoose: (samples: readonly number[]) => void;
}

export function ClassMixing({ places, labels, classNames, onChoose }: ClassMixingProps) {
  const mixing = useMemo(() => mixingOf(places, labels, classNames.length), [places, labels, classNames]);
  const choose = (label: number): void => onChoose([...labels.keys()].filter((n) => labels[n] === label));
  return (
    <table className={classes.table} aria-label={t("inspect.mixing")}>
      <thead>
        <tr>
          <th scope="col">{t("inspect.class")}</th>
          <th scope="col">{t("inspect.support")}</th>
          <th scope="col">{t("inspect.sameAround")}</th>
          <th scope="col">{t("inspect.mixedWith")}</th>
        </tr>
      </thead>
      <tbody>
        {mixing.slice(0, MOST).map(({ samples, own, other }, label) => (
          <tr key={classNames[label]}>
            <th scope="row">
              <button
                type="button"
                className={classes.class}
                style={{ "--hue": hueOf(label, classNames.length) } as CSSProperties}
                disabled={samples === 0}
                aria-label={t("inspect.chooseClass", { label: classNames[label] ?? "" })}
                onClick={() => choose(label)}
              >
                <span className={classes.swatch} data-swatch aria-hidden />
                {classNames[label]}
              </button>
            </th>
            <td>{formatCount(samples)}</td>
            <td>{Number.isNaN(own) ? "–" : formatPercent(own, 0)}</td>
            <td>{other === null ? "–" : classNames[other]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
