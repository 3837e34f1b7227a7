/** One sample on its way through every layer of the model, while it learns: the maps of each, all on one scale. */
import { Button, Portal, SegmentedControl } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  type BlockOutput,
  type ColumnData,
  type ColumnInfo,
  readText,
  sizeOf,
  tellsNext,
} from "../../../../src/engine";
import { formatShape } from "../../../common/format";
import { t } from "../../../common/words";
import { dataOf, useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { takeChosen, useSamples } from "../../../store/samples";
import { useInquiry } from "../../../train/inquire";
import { useFollowed } from "../follow/useFollowed";
import { Picture } from "../Picture";
import { type Reader, readerOf } from "../reader";
import { lostUnits, rowOf } from "../row";
import { framesOf, isClip } from "../trail";
import { ColourScale } from "../ColourScale";
import { Hovered } from "./Hovered";
import { OutputMaps } from "./OutputMaps";
import { type Unit, UnitArithmetic } from "./UnitArithmetic";
import classes from "./LayersView.module.css";

/** What is followed through the network. */
const WAYS = ["outputs", "backward"] as const;
/** How much stronger than outputs gradients are coloured. */
const STRENGTH = { outputs: 1, backward: 40 };
/** How long the pointer rests before it is told how a number is computed. */
const DWELL_MS = 150;

type Way = (typeof WAYS)[number];

interface Hover {
  readonly unit: Unit;
  readonly shape: readonly number[];
  readonly at: readonly [x: number, y: number];
}

export function LayersView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const reader = useMemo(() => readerOf(model), [model]);
  return reader && <Followed reader={reader} isToldLast={tellsNext(model, dataOf(model))} />;
}

interface FollowedProps {
  readonly reader: Reader;
  /** Whether the last step of a sample is told, and not read. */
  readonly isToldLast: boolean;
}

function Followed({ reader, isToldLast }: FollowedProps) {
  const { input: name, target, info, classNames } = reader;
  const isOfChosen = useSamples(takeChosen) !== null;
  const read = isToldLast ? { ...info, shape: info.shape.map((steps) => steps - 1) } : info;
  const { values, held, control } = useFollowed(reader);
  const [wanted, setWay] = useState<Way>("outputs");
  const question = useMemo(() => values && { columns: { [name]: values } }, [values, name]);
  const backwards = useMemo(
    () => (values && held ? { columns: { [name]: values, ...held } } : null),
    [values, held, name],
  );
  // A drawing is held against no class.
  const hasWayBack = values === null || held !== null;
  const way = hasWayBack ? wanted : "outputs";
  const isBackward = way === "backward";
  const outputs = useInquiry("trace", isBackward ? null : question);
  const gradients = useInquiry("backward", isBackward ? backwards : null);
  const [picked, setPicked] = useState<Unit | null>(null);
  const asked = useMemo(() => picked && question && { ...picked, ...question }, [picked, question]);
  const pick = useCallback((unit: number) => setPicked((before) => before && { ...before, unit }), []);
  const close = useCallback(() => setPicked(null), []);
  const { hover, enter, leave } = useHover();
  const hovered = useMemo(() => hover && question && { ...hover.unit, ...question }, [hover, question]);
  return (
    <div className={classes.view}>
      <div className={classes.top}>
        <SegmentedControl
          aria-label={t("inspect.followed")}
          data={WAYS.map((value) => ({
            value,
            label: t(`inspect.${value}Followed`),
            disabled: value === "backward" && !hasWayBack,
          }))}
          value={way}
          onChange={(value) => {
            setWay(value === "backward" ? "backward" : "outputs");
            close();
          }}
        />
        {control}
        <ColourScale strength={STRENGTH[way]} />
      </div>
      <p className={classes.hint}>
        {isBackward
          ? t("inspect.backwardHint", { label: classNames[held?.[target ?? ""]?.[0] ?? -1] ?? null })
          : t(hintOf({ isSample: hasWayBack, isOfChosen, isJudged: classNames.length > 0 }))}
      </p>
      <ol className={classes.layers}>
        {values && (
          <li className={classes.layer}>
            <h3 className={classes.name}>{t("inspect.input")}</h3>
            <p className={classes.shape}>{formatShape(read.shape)}</p>
            <Input values={isToldLast ? values.subarray(0, -1) : values} info={read} />
          </li>
        )}
        {!isBackward &&
          outputs?.map((output) => (
            <li key={`${output.network}/${output.block}`} className={classes.layer}>
              <h3 className={classes.name}>{output.block}</h3>
              <p className={classes.shape}>
                {formatShape(output.shape)}{" "}
                {!output.isEachStep && (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    aria-label={t("inspect.howIsComputed", { layer: output.block })}
                    onClick={() => {
                      leave();
                      setPicked(unitOf(output, largestOf(output.data)));
                    }}
                    onFocus={({ currentTarget }) => {
                      if (!currentTarget.matches(":focus-visible") || picked) return;
                      const { left, bottom } = currentTarget.getBoundingClientRect();
                      enter({ unit: unitOf(output, largestOf(output.data)), shape: output.shape, at: [left, bottom] });
                    }}
                    onBlur={leave}
                  >
                    {t("inspect.how")}
                  </Button>
                )}
              </p>
              <OutputMaps
                output={output}
                {...(!output.isEachStep && {
                  onPick: (unit: number) => {
                    leave();
                    setPicked(unitOf(output, unit));
                  },
                  // One number is taken apart at a time.
                  onOver: (unit: number, place: Hover["at"]) => {
                    if (!picked) enter({ unit: unitOf(output, unit), shape: output.shape, at: place });
                  },
                  onLeave: leave,
                })}
              />
              {asked?.network === output.network && asked.block === output.block && (
                <UnitArithmetic question={asked} shape={output.shape} onPick={pick} onClose={close} />
              )}
            </li>
          ))}
        {isBackward &&
          gradients?.map((gradient) => (
            <li key={`${gradient.network}/${gradient.block}`} className={classes.layer}>
              <h3 className={classes.name}>{gradient.block}</h3>
              <p className={classes.shape}>
                {formatShape(gradient.shape)}
                {gradient.isBeforeActivation && ` ${t("inspect.beforeItsActivation")}`}
              </p>
              <OutputMaps output={gradient} strength={STRENGTH.backward} />
            </li>
          ))}
      </ol>
      {hover && hovered && !isBackward && (
        <Portal>
          <Hovered question={hovered} shape={hover.shape} at={hover.at} />
        </Portal>
      )}
    </div>
  );
}

/** What is read: a picture, a text, or numbers. */
function Input({ values, info }: { readonly values: ColumnData; readonly info: ColumnInfo }) {
  if (info.kind === "text") {
    return <p className={classes.text}>{readText(values, info)}</p>;
  }
  if (isClip(info) && values instanceof Float32Array) {
    return (
      <div className={classes.frames}>
        {framesOf(values, info.shape).map((frame) => (
          <Picture key={frame.values.byteOffset} values={frame.values} shape={frame.shape} className={classes.input} />
        ))}
      </div>
    );
  }
  if (info.kind === "image" && values instanceof Float32Array) {
    return <Picture values={values} shape={info.shape} className={classes.input} />;
  }
  const maps = (
    <OutputMaps output={{ network: "", block: "", shape: shapeOf(info), data: Float32Array.from(values) }} />
  );
  if (info.cells === undefined) return maps;
  return (
    <>
      <p className={classes.text}>
        {t("inspect.rowRead", { cells: rowOf(info, values).map(({ name, text }) => `${name} ${text}`) })}
        {lostUnits(info)}
      </p>
      {maps}
    </>
  );
}

const hintOf = (of: Readonly<Record<"isSample" | "isOfChosen" | "isJudged", boolean>>) => {
  if (!of.isSample) return "inspect.layersOfDrawing";
  if (of.isOfChosen) return "inspect.layersOfChosen";
  return of.isJudged ? "inspect.layersOfFirst" : "inspect.layersOfOnly";
};

/** The number that the pointer rests on. */
function useHover(): {
  readonly hover: Hover | null;
  readonly enter: (hover: Hover) => void;
  readonly leave: () => void;
} {
  const [hover, setHover] = useState<Hover | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const leave = useCallback(() => {
    clearTimeout(timer.current);
    setHover(null);
  }, []);
  const enter = useCallback((next: Hover) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHover(next), DWELL_MS);
  }, []);
  useEffect(() => leave, [leave]);
  return { hover, enter, leave };
}

const unitOf = ({ network, block }: BlockOutput, unit: number): Unit => ({ network, block, unit });

/** Clips as they are, and all else as numbers in a row. */
const shapeOf = ({ shape }: ColumnInfo): readonly number[] => (shape.length === 4 ? shape : [sizeOf(shape)]);

/** The number that stands out most. */
const largestOf = (data: Float32Array): number =>
  data.reduce((best, value, i) => (Math.abs(value) > Math.abs(data[best] ?? 0) ? i : best), 0);
