/** The model: the input, then its layers in order, each with its live shapes. */
import { SortableContext } from "@dnd-kit/sortable";
import { useMemo } from "react";
import { datasets, formatShape } from "../../src/engine";
import { formatCompact, formatCount, formatFlops } from "../format";
import { useDescription, useReport, useSelectedId } from "../store/model";
import { STACK_LIST_ID } from "./cardFocus";
import { STACK_ID } from "./DragArea";
import { takeDragged, useDrag } from "./drag";
import { LayerCard } from "./LayerCard";
import { viewLayers } from "./layerView";
import { ProblemList } from "./ProblemList";
import classes from "./ModelStack.module.css";

// Cards stay where they are while one is dragged: a line shows where it would land.
const stayPut = (): null => null;

export function ModelStack() {
  const description = useDescription();
  const report = useReport();
  const selectedId = useSelectedId();
  const isDropTarget = useDrag(({ gap }) => gap !== null);
  const isDragging = useDrag(takeDragged) !== null;
  const views = useMemo(() => viewLayers(description, report), [description, report]);
  const ids = useMemo(() => views.map(({ id }) => id), [views]);
  const tabStop = selectedId ?? ids[0];
  return (
    <div id={STACK_ID} className={classes.area} data-drop={(isDragging && isDropTarget) || undefined}>
      <SortableContext items={ids} strategy={stayPut}>
        <ol id={STACK_LIST_ID} className={classes.list} aria-label="Model" tabIndex={-1}>
          <InputCard dataset={datasets[description.dataset].title} shape={formatShape(report.inputShape)} />
          {views.map((view) => (
            <LayerCard
              key={view.id}
              view={view}
              isSelected={view.id === selectedId}
              isTabStop={view.id === tabStop}
              isLast={view.index === views.length - 1}
            />
          ))}
        </ol>
      </SortableContext>
      {views.length === 0 && (
        <>
          <p className={classes.empty}>No layers yet. Drag one in, press one in the palette, or choose a preset.</p>
          <ProblemList problems={report.problems.filter(({ layerId }) => layerId === undefined)} />
        </>
      )}
    </div>
  );
}

/** What the whole model comes to. */
export function ModelTotals() {
  const { parameterCount, flops } = useReport();
  return (
    <p
      className={classes.totals}
      title={`${formatCount(parameterCount)} trainable parameters; ${formatFlops(flops)} for the forward pass of one sample`}
    >
      {`${formatCompact(parameterCount)} params`}
      <span className={classes.flops}>{` · ${formatFlops(flops)} a sample`}</span>
    </p>
  );
}

function InputCard({ dataset, shape }: { readonly dataset: string; readonly shape: string }) {
  return (
    <li className={classes.input}>
      <span className={classes.inputBadge} aria-hidden>
        In
      </span>
      <span className={classes.inputTitle}>{`Input ${shape}`}</span>
      <span className={classes.inputDataset}>{dataset}</span>
    </li>
  );
}
