/** Dragging, by mouse, touch and keyboard: from the palette into the model, and within the model. One drop is one edit. */
import {
  closestCenter,
  DndContext,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import type { Active, Announcements, CollisionDetection, DragEndEvent, DragMoveEvent, Over } from "@dnd-kit/core";
import { sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { isLayerType, layers } from "../../src/engine";
import { useModel } from "../store/model";
import { addLayer, moveLayerTo } from "./actions";
import { CARD_ATTRIBUTE } from "./cardFocus";
import type { Dragged } from "./drag";
import { takeDragged, useDrag } from "./drag";
import { gapAt, isSamePlace, placeAfterMove } from "./dropTarget";
import { indexOfLayer } from "./edit";
import { LayerBadge } from "./LayerBadge";
import classes from "./DragArea.module.css";

/** The id of the element that holds the whole model. */
export const STACK_ID = "stack";

const ids = (): string[] => useModel.getState().description.layers.map(({ id }) => id);

function readDragged({ id, data }: Active): Dragged | null {
  const type: unknown = data.current?.["type"];
  if (typeof type !== "string" || !isLayerType(type)) return null;
  return data.current?.["kind"] === "new" ? { kind: "new", type } : { kind: "layer", id: String(id), type };
}

/** Where the pointer was last seen. The library tells it only once it has drawn what is dragged, and a quick hand lets go
 *  before that. */
let pointer = { x: 0, y: 0 };

function followPointer(): () => void {
  const onPointer = ({ clientX, clientY }: PointerEvent): void => {
    pointer = { x: clientX, y: clientY };
  };
  const onTouch = ({ touches: [touch] }: TouchEvent): void => {
    if (touch) pointer = { x: touch.clientX, y: touch.clientY };
  };
  addEventListener("pointermove", onPointer, { capture: true, passive: true });
  addEventListener("pointerup", onPointer, { capture: true, passive: true });
  addEventListener("touchmove", onTouch, { capture: true, passive: true });
  return () => {
    removeEventListener("pointermove", onPointer, { capture: true });
    removeEventListener("pointerup", onPointer, { capture: true });
    removeEventListener("touchmove", onTouch, { capture: true });
  };
}

function pointerGap(dragged: Dragged): number | null {
  const stack = document.getElementById(STACK_ID)?.getBoundingClientRect();
  if (!stack) return null;
  const { x, y } = pointer;
  const isInside = x >= stack.left && x <= stack.right && y >= stack.top && y <= stack.bottom;
  // A layer of the model may be let go beside it; a new one is then not wanted after all.
  if (dragged.kind === "new" && !isInside) return null;
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

const gapOf = (dragged: Dragged, activator: Event, over: Over | null): number | null =>
  meaningfulGap(dragged, activator instanceof KeyboardEvent ? keyboardGap(dragged, over) : pointerGap(dragged));

function follow({ active, activatorEvent, over }: DragMoveEvent): void {
  const dragged = readDragged(active);
  if (dragged) useDrag.setState({ dragged, gap: gapOf(dragged, activatorEvent, over) });
}

function drop({ active, activatorEvent, over }: DragEndEvent): void {
  const dragged = readDragged(active);
  useDrag.setState({ dragged: null, gap: null });
  const gap = dragged && gapOf(dragged, activatorEvent, over);
  if (!dragged || gap === null) return;
  if (dragged.kind === "new") addLayer(dragged.type, gap);
  else moveLayerTo(dragged.id, placeAfterMove(indexOfLayer(useModel.getState().description, dragged.id), gap));
}

// The pointer needs no collisions: see `pointerGap`.
const detectForKeyboard: CollisionDetection = (args) => (args.pointerCoordinates ? [] : closestCenter(args));

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
  useEffect(followPointer, []);
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={detectForKeyboard}
      accessibility={{ announcements, screenReaderInstructions }}
      onDragStart={({ active }) => useDrag.setState({ dragged: readDragged(active), gap: null })}
      onDragMove={follow}
      onDragOver={follow}
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
