/** One sample on its way through every layer of the model, while it learns: the maps of each, all on one scale. */
import { Button, Portal, SegmentedControl } from "@mantine/core";
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type BlockOutput, type ColumnInfo, sizeOf } from "../../../../src/engine";
import { formatCount, formatScore, formatShape } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useInquiry } from "../../../train/inquire";
import { classifierOf } from "../classifier";
import { Picture } from "../Picture";
import { ColourScale } from "../ColourScale";
import { coloured } from "../colours";
import { Hovered } from "./Hovered";
import { type Unit, UnitArithmetic } from "./UnitArithmetic";
import classes from "./LayersView.module.css";

/** Maps of a layer, and numbers in a row, that are drawn. */
const MOST = { maps: 64, numbers: 512 };

const FIRST = [0];

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
  const classifier = useMemo(() => classifierOf(model), [model]);
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const row = chosen?.rows[at];
  const rows = useMemo(() => (row === undefined ? FIRST : [row]), [row]);
  const columns = useSampleColumns(chosen?.of ?? "test", rows)?.columns;
  const [name, target] = [classifier?.input ?? "", classifier?.target ?? ""];
  const input = columns?.[name];
  const label = columns?.[target]?.values;
  const values = input?.values instanceof Float32Array ? input.values : null;
  const [way, setWay] = useState<Way>("outputs");
  const question = useMemo(() => values && { columns: { [name]: values } }, [values, name]);
  const backwards = useMemo(
    () => (values && label ? { columns: { [name]: values, [target]: label } } : null),
    [values, label, name, target],
  );
  const isBackward = way === "backward";
  const outputs = useInquiry("trace", isBackward ? null : question);
  const gradients = useInquiry("backward", isBackward ? backwards : null);
  const [picked, setPicked] = useState<Unit | null>(null);
  const asked = useMemo(() => picked && question && { ...picked, ...question }, [picked, question]);
  const pick = useCallback((unit: number) => setPicked((before) => before && { ...before, unit }), []);
  const close = useCallback(() => setPicked(null), []);
  const { hover, enter, leave } = useHover();
  const hovered = useMemo(() => hover && question && { ...hover.unit, ...question }, [hover, question]);
  const says = classifier?.classNames[label?.[0] ?? -1];
  return (
    <div className={classes.view}>
      <div className={classes.top}>
        <SegmentedControl
          aria-label={t("inspect.followed")}
          data={WAYS.map((value) => ({ value, label: t(`inspect.${value}Followed`) }))}
          value={way}
          onChange={(value) => {
            setWay(value === "backward" ? "backward" : "outputs");
            close();
          }}
        />
        <ColourScale strength={STRENGTH[way]} />
      </div>
      <p className={classes.hint}>
        {isBackward
          ? t("inspect.backwardHint", { label: says ?? null })
          : t(chosen ? "inspect.layersOfChosen" : "inspect.layersOfFirst")}
      </p>
      <ol className={classes.layers}>
        {input && values && (
          <li className={classes.layer}>
            <h3 className={classes.name}>{t("inspect.input")}</h3>
            <p className={classes.shape}>{formatShape(input.info.shape)}</p>
            {input.info.kind === "image" ? (
              <Picture values={values} shape={input.info.shape} className={classes.input} />
            ) : (
              <Output
                output={{ network: "", block: "", shape: shapeOf(input.info), data: Float32Array.from(values) }}
              />
            )}
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
              <Output
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
              <Output output={gradient} strength={STRENGTH.backward} />
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

/** Frames one below the other are one image. */
const asMaps = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? [(shape[0] ?? 1) * (shape[1] ?? 1), ...shape.slice(2)] : shape;

/** The number that stands out most. */
const largestOf = (data: Float32Array): number =>
  data.reduce((best, value, i) => (Math.abs(value) > Math.abs(data[best] ?? 0) ? i : best), 0);

interface OutputProps {
  readonly output: BlockOutput;
  /** How much stronger than layers' outputs it is coloured. */
  readonly strength?: number;
  /** Hears of a number that is pressed. */
  readonly onPick?: (unit: number) => void;
  /** Hears of the number that a pointer that can hover is over, and where that is; and when it goes. */
  readonly onOver?: (unit: number, at: readonly [x: number, y: number]) => void;
  readonly onLeave?: () => void;
}

function Output({ output, strength = 1, ...hears }: OutputProps) {
  const { data } = output;
  const shape = asMaps(output.shape);
  const [height = 1, width = 1, maps = 1] = shape.length === 3 ? shape : [1, Math.min(sizeOf(shape), MOST.numbers), 1];
  const shown = Math.min(maps, MOST.maps);
  const drawn = shape.length === 3 ? data : data.subarray(0, width);
  const [low, high] = [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const left = shape.length === 3 ? maps - shown : data.length - drawn.length;
  return (
    <>
      <div className={classes.maps} data-flat={shape.length !== 3 || undefined}>
        {Array.from({ length: shown }, (_, map) => (
          <FeatureMap key={map} {...{ data: drawn, map, maps, height, width, strength }} {...hears} />
        ))}
      </div>
      <p className={classes.range}>{t("inspect.range", { low: formatScore(low), high: formatScore(high) })}</p>
      {left > 0 && <p className={classes.range}>{t("inspect.notDrawn", { count: formatCount(left) })}</p>}
    </>
  );
}

interface MapProps extends Omit<OutputProps, "output" | "strength"> {
  readonly data: Float32Array;
  readonly map: number;
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  readonly strength: number;
}

/** One map, of which the number under the pointer is told. */
function FeatureMap({ data, map, maps, height, width, strength, onPick, onOver, onLeave }: MapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState<string>();
  const unitAt = ({ nativeEvent: { offsetX, offsetY }, currentTarget }: MouseEvent<HTMLElement>): number => {
    const x = Math.min(width - 1, Math.max(0, Math.floor((offsetX / currentTarget.clientWidth) * width)));
    const y = Math.min(height - 1, Math.max(0, Math.floor((offsetY / currentTarget.clientHeight) * height)));
    return (y * width + x) * maps + map;
  };
  useEffect(() => {
    const strong = strength === 1 ? data : data.map((value) => value * strength);
    const pixels = coloured(strong, map, maps);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [data, map, maps, height, width, strength]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={classes.map}
      aria-hidden
      title={onOver ? undefined : told}
      data-pressable={onPick !== undefined || undefined}
      onPointerMove={(event) => {
        if (!onOver) setTold(formatScore(data[unitAt(event)] ?? NaN));
        else if (event.pointerType === "mouse") onOver(unitAt(event), [event.clientX, event.clientY]);
      }}
      onPointerLeave={onLeave}
      onClick={(event) => onPick?.(unitAt(event))}
    />
  );
}
