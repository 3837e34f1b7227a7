/** The model: the input, then its layers in order, each with its live shapes. */
import { SortableContext } from "@dnd-kit/sortable";
import { SegmentedControl } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { lazily } from "../common/lazily";
import { formatCompact, formatFlops } from "../common/format";
import { dataOf, showNetwork, useDescription, useReport, useSelectedId, useShownNetwork } from "../store/model";
import { takePhase, useSlow } from "../store/slow";
import { StageStrip } from "../start/later";
import { STACK_LIST_ID } from "./cardFocus";
import { STACK_ID } from "./DragArea";
import { takeDragged, useDrag } from "./drag";
import { STACK_ATTRIBUTE, stackText } from "./dropTarget";
import { blocksInOrder } from "./edit";
import { LayerCard } from "./LayerCard";
import { viewLayers } from "./layerView";
import { ProblemList } from "./ProblemList";
import { showType } from "./shapes";
import { t, tell } from "../common/words";
import { networkTitle } from "../store/networkTitle";
import { nameOfData } from "../../src/engine";
import classes from "./ModelStack.module.css";

const UnitAsker = lazily(() => import("./UnitPictures").then(({ UnitAsker: Found }) => Found));

// Cards stay where they are while one is dragged: a line shows where it would land.
const stayPut = (): null => null;

export function ModelStack() {
  const description = useDescription();
  const report = useReport();
  const selectedId = useSelectedId();
  const isDropTarget = useDrag(({ gap }) => gap !== null);
  const isDragging = useDrag(takeDragged) !== null;
  const network = useShownNetwork();
  const views = useMemo(() => viewLayers(description, report, network), [description, report, network]);
  const ids = useMemo(() => blocksInOrder(description, network).map(({ id }) => id), [description, network]);
  const input = report.networks[network]?.input ?? null;
  const [read] = Object.values(dataOf(description).columns);
  const isPlane = read?.kind === "points" && read.shape.join() === "2";
  const tabStop = selectedId ?? ids[0];
  const works = useSlow(({ phase }) => (phase?.networks.includes(network) ? phase.kind : undefined));
  return (
    <div className={classes.column}>
      <StageStrip />
      {isPlane && (
        <Suspense>
          <UnitAsker />
        </Suspense>
      )}
      <NetworkTabs />
      <div
        id={STACK_ID}
        className={classes.area}
        data-works={works}
        data-drop={(isDragging && isDropTarget) || undefined}
      >
        <SortableContext items={ids} strategy={stayPut}>
          <ol
            id={STACK_LIST_ID}
            className={classes.list}
            aria-label={t("model.stack")}
            tabIndex={-1}
            {...{ [STACK_ATTRIBUTE]: stackText({ network, parent: null }) }}
          >
            <InputCard dataset={tell(nameOfData(dataOf(description)))} shape={showType(input)} />
            {views.map((view, i) => (
              <LayerCard
                key={view.id}
                view={view}
                selectedId={selectedId}
                tabStop={tabStop}
                isLastInStack={i === views.length - 1}
              />
            ))}
          </ol>
        </SortableContext>
        {views.length === 0 && (
          <>
            <p className={classes.empty}>{t("model.empty")}</p>
            <ProblemList problems={report.problems.filter(({ layerId }) => layerId === undefined)} />
          </>
        )}
      </div>
    </div>
  );
}

/** What the whole model comes to; unknown while an error hides what a layer is given. */
export function ModelTotals() {
  const { parameterCount, trainableCount, flops, layers } = useReport();
  if (layers.some(({ output }) => output === null)) {
    return (
      <p className={classes.totals} title={t("model.totalsUnknownHelp")}>
        {t("model.totalsUnknown")}
      </p>
    );
  }
  return (
    <p
      className={classes.totals}
      title={t("model.totalsHelp", { all: parameterCount, trained: trainableCount, flops: formatFlops(flops) })}
    >
      <span>
        {trainableCount < parameterCount && layers.some(({ isFrozen }) => isFrozen)
          ? t("model.someTrained", { trained: formatCompact(trainableCount), number: formatCompact(parameterCount) })
          : t("model.parameters", { number: formatCompact(parameterCount) })}
      </span>
      <span className={classes.flops}>{` · ${t("model.perSample", { flops: formatFlops(flops) })}`}</span>
    </p>
  );
}

/** A tab for each network, where the task has several. */
function NetworkTabs() {
  const description = useDescription();
  const { networks } = description;
  const network = useShownNetwork();
  const names = Object.keys(networks);
  const phase = useSlow(takePhase);
  if (names.length < 2) return null;
  return (
    <SegmentedControl
      className={classes.networks}
      aria-label={t("model.network")}
      data={names.map((name) => ({
        value: name,
        label: (
          <span className={classes.network} data-works={phase?.networks.includes(name) || undefined}>
            {networkTitle(description, name)}
          </span>
        ),
      }))}
      value={network}
      onChange={showNetwork}
    />
  );
}

function InputCard({ dataset, shape }: { readonly dataset: string; readonly shape: string }) {
  return (
    <li className={classes.input}>
      <span className={classes.inputBadge} aria-hidden>
        {t("model.inputBadge")}
      </span>
      <span className={classes.inputTitle}>{t("model.input", { shape })}</span>
      <span className={classes.inputDataset}>{dataset}</span>
    </li>
  );
}
