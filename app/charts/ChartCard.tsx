/** A chart with its name, its legend and what can be done with it; on the page, and in full size over it. */
import { say } from "../../src/engine";
import { CloseButton } from "@mantine/core";
import { useDocumentVisibility, useElementSize, useInViewport, useMergedRef } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useMetrics } from "../store/metrics";
import { notify, takePrepared, useRun } from "../store/run";
import { samplesOf, useOverlays } from "../store/runs";
import type { XUnit } from "../store/ui";
import { takeFitCharts, takeLogCharts, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { ChartControls } from "./ChartControls";
import { ChartTools } from "./ChartTools";
import type { Curves } from "./curves";
import { buildCurves } from "./curves";
import { download } from "./download";
import { Legend } from "./Legend";
import { MetricChart } from "./MetricChart";
import { plotFrame } from "./plotFrame";
import { clampZoom, readView, setZoom, useZoom, zoomAt } from "./zoom";
import { t } from "../common/words";
import classes from "./ChartCard.module.css";

interface ChartCardProps {
  readonly def: ChartDef;
  /** Milliseconds by which this chart is drawn after the others, so that they do not fall into one frame. */
  readonly delayMs: number;
}

export function ChartCard({ def, delayMs }: ChartCardProps) {
  const [isFull, setIsFull] = useState(false);
  const open = useCallback(() => setIsFull(true), []);
  return (
    <>
      <ChartBody def={def} delayMs={delayMs} isCovered={isFull} onFullSize={open} />
      {isFull && <FullSize def={def} onClose={() => setIsFull(false)} />}
    </>
  );
}

interface ChartBodyProps extends ChartCardProps {
  /** The same chart is shown over it. */
  readonly isCovered?: boolean;
  readonly onFullSize?: () => void;
}

function ChartBody({ def, delayMs, isCovered = false, onFullSize }: ChartBodyProps) {
  const body = useRef<HTMLElement>(null);
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const { ref: viewRef, inViewport } = useInViewport<HTMLDivElement>();
  const box = useMergedRef(sizeRef, viewRef);
  const isPageSeen = useDocumentVisibility() === "visible";
  const metrics = useMetrics(delayMs, inViewport && isPageSeen && !isCovered);
  const others = useOverlays(def.id);
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  const isLog = useUi(takeLogCharts).includes(def.id);
  const isFit = useUi(takeFitCharts).includes(def.id);
  const zoom = useZoom(metrics.run, xUnit);
  const prepared = useRun(takePrepared);
  const [scratch] = useState(() => new Float64Array(metrics.train.from.length));
  const curves = useMemo(() => {
    const frame = plotFrame(width, height);
    // Of another run's metrics the chart is about to go.
    const isKnown = metrics.validation.ids.includes(def.id);
    if (!isKnown || frame.width <= 0 || frame.height <= 0) return null;
    const size = { width: frame.width, height: frame.height };
    const samplesPerEpoch = prepared ? samplesOf(prepared, metrics.stepsPerEpoch) : 0;
    return buildCurves(
      def,
      { ...metrics, samplesPerEpoch, others },
      { smoothing, xUnit, isLog, isFit, zoom, ...size },
      scratch,
    );
  }, [def, metrics, prepared, others, smoothing, xUnit, isLog, isFit, zoom, width, height, scratch]);

  const drawn = useRef<Curves | null>(null);
  useEffect(() => {
    drawn.current = curves;
  });
  const onZoom = useCallback(
    (factor: number | null) => {
      if (!drawn.current) return;
      const { whole, shortest } = drawn.current;
      const { low, high } = readView(metrics.run, xUnit, whole);
      const next = factor === null ? whole : zoomAt({ low, high }, (low + high) / 2, factor);
      setZoom(metrics.run, xUnit, clampZoom(next, whole, shortest));
    },
    [metrics.run, xUnit],
  );
  const onSave = useCallback(() => {
    const { band = [], validation = [], others: beside = [] } = drawn.current ?? {};
    const lines = { hasBand: band.length > 0, hasValidation: validation.length > 0, beside };
    void savePicture(def, body.current, { smoothing, xUnit, isLog, ...lines });
  }, [def, smoothing, xUnit, isLog]);

  const isZoomed = curves !== null && curves.xAxis.high - curves.xAxis.low < curves.whole.high - curves.whole.low;
  return (
    <figure ref={body} className={classes.card} aria-label={t("chart.name", { title: def.title })}>
      <div className={classes.head}>
        <h3 className={classes.title} title={def.help}>
          {def.title}
        </h3>
        <Legend def={def} metrics={metrics} curves={curves} />
        <ChartTools def={def} isZoomed={isZoomed} onZoom={onZoom} onSave={onSave} onFullSize={onFullSize} />
      </div>
      <div ref={box} className={classes.chart}>
        {curves && (
          <MetricChart def={def} metrics={metrics} curves={curves} width={width} height={height} xUnit={xUnit} />
        )}
      </div>
    </figure>
  );
}

interface PictureOptions {
  readonly smoothing: number;
  readonly xUnit: XUnit;
  readonly isLog: boolean;
  readonly hasBand: boolean;
  readonly hasValidation: boolean;
  readonly beside: Curves["others"];
}

async function savePicture(def: ChartDef, body: HTMLElement | null, options: PictureOptions): Promise<void> {
  const plot = body?.querySelector<SVGSVGElement>('[role="img"] svg');
  if (!plot || !body) return;
  const { smoothing, xUnit, isLog, hasBand, hasValidation, beside } = options;
  const details = [...(def.unit ? [def.unit] : []), ...(isLog ? [t("chart.logarithmic")] : [])];
  const train = smoothing > 0 ? t("chart.trainSmoothed", { smoothing: smoothing.toFixed(2) }) : t("chart.train");
  try {
    // Most visits keep no picture.
    const { toPng } = await import("./picture");
    const picture = await toPng(plot, body, {
      title: details.length > 0 ? t("chart.titleWith", { title: def.title, details }) : def.title,
      legend: [
        ...(def.ofSplits ? [] : [{ name: train, color: "--train", style: "solid" } as const]),
        ...(hasBand ? [{ name: t("chart.band"), color: "--train", style: "band" } as const] : []),
        ...(hasValidation ? [{ name: t("chart.validation"), color: "--validation", style: "dashed" } as const] : []),
        ...beside.map(({ name, slot }) => ({ name, color: `--run-${slot}`, style: "dashed" }) as const),
      ],
      xTitle: t(`chart.${xUnit}`),
    });
    download(picture, `descent-${def.id}.png`);
  } catch (error) {
    notify({ severity: "warning", topic: "picture", said: say("chart.pictureFailed", { reason: String(error) }) });
  }
}

function FullSize({ def, onClose }: { readonly def: ChartDef; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-label={t("chart.fullSizeName", { title: def.title })}
      onClose={onClose}
    >
      <div className={classes.bar}>
        <ChartControls />
        <CloseButton aria-label={t("layout.close")} onClick={() => dialog.current?.close()} />
      </div>
      <ChartBody def={def} delayMs={0} />
    </dialog>
  );
}
