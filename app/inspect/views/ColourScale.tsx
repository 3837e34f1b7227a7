/** What the fixed colours of numbers mean, printed beside the pictures that are painted with them. */
import { formatScore } from "../../common/format";
import { t } from "../../common/words";
import { BRIGHTEST, colourOf, SCALE_TICKS } from "./colours";
import classes from "./ColourScale.module.css";

/** @param strength how many times a number is taken before it is coloured */
export function ColourScale({ strength }: { readonly strength: number }) {
  return (
    <div className={classes.scale} aria-hidden>
      {SCALE_TICKS.map((value) => (
        <span key={value} className={classes.tick}>
          <span className={classes.swatch} data-swatch style={{ background: `rgb(${colourOf(value).join(" ")})` }} />
          {t("inspect.scaleTick", { value: formatScore(value / strength), isEnd: Math.abs(value) === BRIGHTEST })}
        </span>
      ))}
    </div>
  );
}
