/** Dragging, by mouse, touch and keyboard: from the palette into the model, and within the model. One drop is one edit. */
import {
  closestCenter,
  DndContext,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import type { Active, Announcements, CollisionDetection, Over } from "@dnd-kit/core";
import { sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import type { ReactNode } from "react";
import { useRef } from "react";
import { isLayerType, layers } from "../../src/engine";
import { useModel } from "../store/model";
import { addLayer, moveLayerTo } from "./actions";
import type { Dragged } from "./drag";
import { takeDragged, useDrag } from "./drag";
import { gapAt, isSamePlace, placeAfterMove } from "./dropTarget";
import { indexOfLayer } from "./edit";
import { LayerBadge } from "./LayerBadge";
import classes from "./DragArea.module.css";

/** Marks the cards in the page, so that where they are can be measured while dragging. */
export const CARD_ATTRIBUTE = "data-layer-card";
/** The droppable that is the whole model. */
export const STACK_ID = "stack";

const ids = (): string[] => useModel.getState().description.layers.map(({ id }) => id);

function readDragged({ id, data }: Active): Dragged | null {
  const type: unknown = data.current?.["type"];
  if (typeof type !== "string" || !isLayerType(type)) return null;
  return data.current?.["kind"] === "new" ? { kind: "new", type } : { kind: "layer", id: String(id), type };
}

function pointerGap(dragged: Dragged, over: Over | null, y: number): number | null {
  if (dragged.kind === "new" && !over) return null;
  const cards = [...document.querySelectorAll(`[${CARD_ATTRIBUTE}]`)];
  return gapAt(
    cards.map((card) => card.getBoundingClientRect()),
    y,
  );
}

function keyboardGap(dragged: Dragged, over: Over | null): number | null {
  const to = over ? ids().indexOf(String(over.id)) : -1;
  if (dragged.kind === "new" || to < 0) return null;
  return to > ids().indexOf(dragged.id) ? to + 1 : to;
}

function meaningfulGap(dragged: Dragged, gap: number | null): number | null {
  if (gap === null || dragged.kind === "new") return gap;
  return isSamePlace(ids().indexOf(dragged.id), gap) ? null : gap;
}

function drop(): void {
  const { dragged, gap } = useDrag.getState();
  useDrag.setState({ dragged: null, gap: null });
  if (!dragged || gap === null) return;
  if (dragged.kind === "new") addLayer(dragged.type, gap);
  else moveLayerTo(dragged.id, placeAfterMove(indexOfLayer(useModel.getState().description, dragged.id), gap));
}

const announcements: Announcements = {
  onDragStart: ({ active }) => `Picked up ${readDragged(active)?.type ?? "the layer"}.`,
  onDragOver: ({ over }) => {
    const place = over ? ids().indexOf(String(over.id)) : -1;
    return place < 0 ? undefined : `At place ${place + 1} of ${ids().length}.`;
  },
  onDragEnd: () => "Dropped.",
  onDragCancel: () => "Put back.",
};

const screenReaderInstructions = {
  draggable:
    "Press space to pick the layer up, the arrow keys to move it, space to drop it, and escape to put it back.",
};

export function DragArea({ children }: { readonly children: ReactNode }) {
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 150, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const pointer = useRef<{ readonly y: number } | null>(null);
  const detect: CollisionDetection = (args) => {
    pointer.current = args.pointerCoordinates;
    return args.pointerCoordinates ? pointerWithin(args) : closestCenter(args);
  };
  const update = (active: Active, over: Over | null): void => {
    const dragged = readDragged(active);
    if (!dragged) return;
    const gap = pointer.current ? pointerGap(dragged, over, pointer.current.y) : keyboardGap(dragged, over);
    useDrag.setState({ dragged, gap: meaningfulGap(dragged, gap) });
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={detect}
      accessibility={{ announcements, screenReaderInstructions }}
      onDragStart={({ active }) => useDrag.setState({ dragged: readDragged(active), gap: null })}
      onDragMove={({ active, over }) => update(active, over)}
      onDragOver={({ active, over }) => update(active, over)}
      onDragEnd={drop}
      onDragCancel={() => useDrag.setState({ dragged: null, gap: null })}
    >
      {children}
      <DragOverlay dropAnimation={null} zIndex={400}>
        <DragPreview />
      </DragOverlay>
    </DndContext>
  );
}

function DragPreview() {
  const dragged = useDrag(takeDragged);
  if (!dragged) return null;
  const { badge, category } = layers[dragged.type];
  return (
    <div className={classes.preview}>
      <LayerBadge badge={badge} category={category} />
      {dragged.type}
    </div>
  );
}
