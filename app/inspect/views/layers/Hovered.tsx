/** How the number under the pointer is computed, beside the pointer; the keyboard's focus on How? asks for the largest. */
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { useInquiry } from "../../../train/inquire";
import { sentenceOf } from "./sentence";
import { axesOf, termsOf } from "./terms";
import type { UnitQuestion } from "./UnitArithmetic";
import classes from "./LayersView.module.css";

/** The products that are written out. */
const MOST = 3;
/** How wide it is at most, and how far from the pointer. */
const [WIDTH, AWAY] = [320, 14];

interface HoveredProps {
  /** The same object as long as it is the same question. */
  readonly question: UnitQuestion;
  readonly shape: readonly number[];
  /** Where the pointer is, in the window. */
  readonly at: readonly [x: number, y: number];
}

export function Hovered({ question, shape, at: [x, y] }: HoveredProps) {
  const answer = useInquiry("arithmetic", question);
  const { network, block, unit } = question;
  if (answer?.network !== network || answer.block !== block || answer.unit !== unit) return null;
  const largest = termsOf(answer).toSorted((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const isHigh = y > window.innerHeight / 2;
  return (
    <div
      className={classes.hovered}
      role="tooltip"
      style={{
        left: Math.max(8, Math.min(x + AWAY, window.innerWidth - WIDTH - 8)),
        ...(isHigh ? { bottom: window.innerHeight - y + AWAY } : { top: y + AWAY }),
        maxWidth: WIDTH,
      }}
    >
      <p className={classes.hoveredHead}>
        {t("inspect.unitOf", {
          layer: block,
          places: axesOf(shape, unit).map(({ name, at, count }) => t(`inspect.${name}At`, { at: at + 1, count })),
          value: formatScore(answer.output),
        })}
      </p>
      {answer.isSum && largest.length > 0 && (
        <p>
          {largest
            .slice(0, MOST)
            .map(({ value, weight, product }) =>
              t("inspect.productIs", {
                value: formatScore(value),
                weight: formatScore(weight),
                product: formatScore(product),
              }),
            )
            .join("; ")}
          {largest.length > MOST && `; ${t("inspect.otherTerms", { count: largest.length - MOST })}`}
        </p>
      )}
      <p>{sentenceOf(answer)}</p>
    </div>
  );
}
