/** How one number of a layer is computed: the inputs that count, their weights, the products, their sum, the bias and the activation. For
 *  maps, window by window. */
import { Button, CloseButton, NumberInput } from "@mantine/core";
import "@mantine/core/styles/NumberInput.css";
import { useEffect, useState } from "react";
import type { Arithmetic, ColumnData } from "../../../../src/engine";
import { formatCount, formatPercent, formatScore } from "../../../common/format";
import { t, tell } from "../../../common/words";
import { useInquiry } from "../../../train/inquire";
import { sentenceOf } from "./sentence";
import { axesOf, MAX_SIDE, nextUnit, strongest, type Term, termsOf, windowOf } from "./terms";
import { NumberGrid } from "./NumberGrid";
import classes from "./UnitArithmetic.module.css";

/** A number of a layer. */
export interface Unit {
  readonly network: string;
  readonly block: string;
  readonly unit: number;
}

export interface UnitQuestion extends Unit {
  readonly columns: Readonly<Record<string, ColumnData>>;
}

interface UnitArithmeticProps {
  /** The same object as long as it is the same question. */
  readonly question: UnitQuestion;
  /** The output's. */
  readonly shape: readonly number[];
  readonly onPick: (unit: number) => void;
  readonly onClose: () => void;
}

/** How long a window stays where it is. */
const WINDOW_MS = 700;
const MAX_TERMS = 8;
const MAX_CHANNELS = 4;
/** Shares that are named, and the least of them. */
const MAX_SHARES = 3;
const LEAST_SHARE = 0.005;

export function UnitArithmetic({ question, shape, onPick, onClose }: UnitArithmeticProps) {
  const answer = useInquiry("arithmetic", question);
  const isOf = answer?.block === question.block && answer.network === question.network;
  const { unit } = question;
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying || answer?.unit !== unit) return;
    const timer = setTimeout(() => onPick(nextUnit(shape, unit)), WINDOW_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, answer, unit, shape, onPick]);
  const axes = axesOf(shape, unit);
  const slides = shape.length === 3 && (shape[0] ?? 1) * (shape[1] ?? 1) > 1;
  return (
    <section className={classes.panel} aria-label={t("inspect.arithmetic", { layer: question.block })}>
      <header className={classes.head}>
        {axes.map(({ name, at, count, stride }) => (
          <NumberInput
            hideControls
            key={name}
            className={classes.axis}
            label={t(`inspect.${name}Axis`, { count })}
            min={1}
            max={count}
            clampBehavior="strict"
            value={at + 1}
            onChange={(value) => {
              if (typeof value === "number" && value >= 1 && value <= count) onPick(unit + (value - 1 - at) * stride);
            }}
          />
        ))}
        {slides && (
          <>
            <Button variant="default" onClick={() => onPick(nextUnit(shape, unit))}>
              {t("inspect.nextWindow")}
            </Button>
            <Button className={classes.moving} variant="default" onClick={() => setPlaying(!isPlaying)}>
              {t(isPlaying ? "inspect.stopSliding" : "inspect.slide")}
            </Button>
          </>
        )}
        <CloseButton className={classes.close} aria-label={t("inspect.closeArithmetic")} onClick={onClose} />
      </header>
      {answer && isOf ? <Told answer={answer} /> : <p className={classes.line}>{t("inspect.noArithmetic")}</p>}
    </section>
  );
}

function Told({ answer }: { readonly answer: Arithmetic }) {
  const { isSum, among } = answer;
  if (among) {
    const isWritten = Math.max(among.across, among.values.length / among.across) <= MAX_SIDE;
    return (
      <>
        {isWritten && <NumberGrid label={t("inspect.patch")} values={[...among.values]} across={among.across} />}
        <p className={classes.sum}>{sentenceOf(answer)}</p>
      </>
    );
  }
  if (answer.parts.length > 0) {
    return (
      <>
        <Parts parts={answer.parts} />
        <p className={classes.sum}>{sentenceOf(answer)}</p>
      </>
    );
  }
  const terms = termsOf(answer);
  const window = windowOf(answer);
  return (
    <>
      {window && (
        <div className={classes.window}>
          {strongest(window, MAX_CHANNELS).map(({ channel, patch, kernel, products }) => (
            <div key={channel} className={classes.channel}>
              {window.channels > 1 && <p className={classes.line}>{t("inspect.channel", { channel: channel + 1 })}</p>}
              <NumberGrid label={t("inspect.patch")} values={patch} across={window.across} />
              <span aria-hidden>×</span>
              <NumberGrid
                label={t(isSum ? "inspect.kernel" : "inspect.slope")}
                values={kernel}
                across={window.across}
              />
              <span aria-hidden>=</span>
              <NumberGrid label={t("inspect.products")} values={products} across={window.across} />
            </div>
          ))}
          {window.channels > MAX_CHANNELS && (
            <p className={classes.line}>
              {t("inspect.notDrawn", { count: formatCount(window.channels - MAX_CHANNELS) })}
            </p>
          )}
        </div>
      )}
      {!window && <Terms terms={terms} isSum={isSum} />}
      <p className={classes.sum}>{sentenceOf(answer)}</p>
    </>
  );
}

/** The steps to a number; of shares the largest by name. */
function Parts({ parts }: Pick<Arithmetic, "parts">) {
  return (
    <table className={classes.terms}>
      <caption>{t("inspect.partsTable")}</caption>
      <tbody>
        {parts.map(({ said, values }) => {
          const name = tell(said);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{values.length === 1 ? formatScore(values[0] ?? NaN) : <Shares values={values} />}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Shares({ values }: { readonly values: Float64Array }) {
  const steps = Array.from(values, (share, i) => ({ step: i + 1, share: formatPercent(share, 0), value: share }));
  const most = Math.max(...values);
  const largest = steps
    .filter(({ value }) => value >= LEAST_SHARE)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, MAX_SHARES);
  return (
    <span className={classes.shares}>
      <span className={classes.bars} aria-hidden>
        {steps.map(({ step, value }) => (
          <span key={step} style={{ height: `${(100 * value) / most}%` }} />
        ))}
      </span>
      {t("inspect.partOfSteps", { steps: largest.map(({ step, share }) => t("inspect.partOfStep", { step, share })) })}
    </span>
  );
}

/** The largest products as a table; the others are summed up. */
function Terms({ terms, isSum }: { readonly terms: readonly Term[]; readonly isSum: boolean }) {
  const largest = terms.toSorted((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const rest = largest.slice(MAX_TERMS).reduce((sum, { product }) => sum + product, 0);
  return (
    <table className={classes.terms}>
      <caption>{t("inspect.largestTerms")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("inspect.input")}</th>
          <th scope="col">{t("inspect.value")}</th>
          <th scope="col">{t(isSum ? "inspect.kernel" : "inspect.slope")}</th>
          <th scope="col">{t("inspect.products")}</th>
        </tr>
      </thead>
      <tbody>
        {largest.slice(0, MAX_TERMS).map(({ place, value, weight, product }) => (
          <tr key={place}>
            <th scope="row">{formatCount(place + 1)}</th>
            <td>{formatScore(value)}</td>
            <td>{formatScore(weight)}</td>
            <td>{formatScore(product)}</td>
          </tr>
        ))}
        {largest.length > MAX_TERMS && (
          <tr>
            <th scope="row" colSpan={3}>
              {t("inspect.otherTerms", { count: largest.length - MAX_TERMS })}
            </th>
            <td>{formatScore(rest)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
