/** One layer of the model: what it is, what it does to shapes, what it costs, and what is wrong with it. */
import { useDroppable } from "@dnd-kit/core";
import { useSortable } from "@dnd-kit/sortable";
import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconCopy, IconGripVertical, IconTrash } from "@tabler/icons-react";
import type { MouseEvent } from "react";
import { memo, Suspense, useEffect, useRef } from "react";
import type { Stack } from "../../src/engine";
import { formatCount, formatPercent } from "../common/format";
import { takeIll, useHealth } from "../store/health";
import { selectLayer } from "../store/model";
import { takeUnits, useUnits } from "../store/units";
import { HealthBadges } from "../train/HealthBadges";
import { copyBlock, deleteBlock, nudgeBlock } from "./actions";
import { CARD_ATTRIBUTE, cardElementId } from "./cardFocus";
import { useDrag } from "./drag";
import { branchId, STACK_ATTRIBUTE, stackText } from "./dropTarget";
import { isSameStack } from "./edit";
import { categoryColours, LayerBadge } from "./LayerBadge";
import { LayerInspector } from "./LayerInspector";
import type { LayerView } from "./layerView";
import { sameView } from "./layerView";
import { ProblemList } from "./ProblemList";
import { handleCardKey } from "./stackKeys";
import { lazily } from "../common/lazily";
import { t } from "../common/words";
import classes from "./LayerCard.module.css";

const UnitPictures = lazily(() => import("./UnitPictures").then(({ UnitPictures: Found }) => Found));

interface LayerCardProps {
  readonly view: LayerView;
  /** The Tab key stops at one card; the arrow keys reach the others. */
  readonly selectedId: string | null;
  readonly tabStop: string | undefined;
  /** Whether nothing comes after it in its stack. */
  readonly isLastInStack: boolean;
}

export const LayerCard = memo(
  function LayerCard({ view, selectedId, tabStop, isLastInStack }: LayerCardProps) {
    const isSelected = view.id === selectedId;
    const isTabStop = view.id === tabStop;
    const { id, type } = view;
    const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useSortable({
      id,
      data: { type },
      attributes: { roleDescription: t("model.sortable") },
    });
    const { place } = view;
    const marker = useDrag(({ gap }) => {
      if (!gap || !isSameStack(gap, place)) return null;
      return gap.index === place.index ? "above" : isLastInStack && gap.index === place.index + 1 ? "below" : null;
    });
    const card = useRef<HTMLDivElement>(null);
    useEffect(() => {
      if (isSelected) card.current?.scrollIntoView({ block: "nearest" });
    }, [isSelected]);
    const health = useHealth(takeIll(place.network, view.name));
    const units = useUnits(takeUnits(place.network, view.name));
    const worst = view.problems[0]?.severity;
    // Above the settings, so that the repair is in sight beside what is wrong.
    const problems = view.problems.length > 0 && <ProblemList problems={view.problems} />;
    const tabIndex = isTabStop ? 0 : -1;
    return (
      <li
        ref={setNodeRef}
        className={classes.item}
        data-marker={marker ?? undefined}
        data-dragging={isDragging || undefined}
        onMouseDown={(event) => listeners?.["onMouseDown"]?.(event)}
      >
        <div
          ref={card}
          className={classes.card}
          data-selected={isSelected || undefined}
          data-severity={worst}
          {...categoryColours(view.category)}
          {...{ [CARD_ATTRIBUTE]: id }}
        >
          <button
            ref={setActivatorNodeRef}
            type="button"
            className={classes.handle}
            {...attributes}
            tabIndex={tabIndex}
            aria-label={t("model.drag", { name: view.name })}
            onKeyDown={(event) => listeners?.["onKeyDown"]?.(event)}
            onTouchStart={(event) => listeners?.["onTouchStart"]?.(event)}
          >
            <IconGripVertical size={16} aria-hidden />
          </button>
          <button
            id={cardElementId(id)}
            type="button"
            className={classes.main}
            tabIndex={tabIndex}
            aria-current={isSelected}
            aria-expanded={isSelected}
            onClick={({ detail }) => {
              // The second half of a double click would fold the settings away again.
              if (detail < 2) selectLayer(isSelected ? null : id);
            }}
            onKeyDown={(event) => handleCardKey(event, id)}
          >
            <LayerBadge badge={view.badge} category={view.category} />
            <span className={classes.text}>
              <span className={classes.line}>
                <span className={classes.type}>{type}</span>
                <span className={classes.name} title={view.name}>
                  <bdi>{view.name}</bdi>
                </span>
                <span className={classes.summary} data-settings>
                  {view.summary.map((setting) => (
                    <span key={setting} className={classes.setting}>
                      {setting}
                    </span>
                  ))}
                </span>
              </span>
              <span className={classes.line}>
                <span className={classes.shapes}>
                  <span>{view.change[0]}</span>
                  <span className={classes.arrow}> → </span>
                  <span>{view.change[1]}</span>
                </span>
                <span className={classes.params}>
                  {view.isFrozen && view.parameterCount !== 0 && (
                    <svg className={classes.frozen} viewBox="0 0 14 14" role="img" aria-label={t("model.frozen")}>
                      <path d="M7 1v12M1.8 4l10.4 6M12.2 4 1.8 10M5 2l2 2 2-2M5 12l2-2 2 2" />
                    </svg>
                  )}
                  <span>
                    {t("model.parameters", {
                      number: view.parameterCount === null ? "?" : formatCount(view.parameterCount),
                    })}
                  </span>
                </span>
              </span>
            </span>
            <ShareBar share={view.share} />
          </button>
          <span className={classes.ring} aria-hidden />
          {health && health.problems.length > 0 && (
            <div className={classes.health}>
              <HealthBadges health={health} />
            </div>
          )}
          <CardActions view={view} tabIndex={tabIndex} />
          {units && (
            <Suspense>
              <UnitPictures of={units} />
            </Suspense>
          )}
          {isSelected && (
            <div className={classes.settings} onMouseDown={keepToItself}>
              {problems}
              <LayerInspector id={id} />
            </div>
          )}
        </div>
        {!isSelected && problems}
        {view.branches?.map(({ title, layers }, branch) => (
          <Branch
            key={title}
            stack={{ network: place.network, parent: { id, branch } }}
            title={title}
            layers={layers}
            selectedId={selectedId}
            tabStop={tabStop}
          />
        ))}
      </li>
    );
  },
  (before, after) =>
    concerns(before) === concerns(after) &&
    before.isLastInStack === after.isLastInStack &&
    sameView(before.view, after.view),
);

/** Which card in it, or itself, is selected and which is the tab stop. */
function concerns({ view, selectedId, tabStop }: LayerCardProps): string {
  const holds = (id: string | null | undefined): boolean =>
    id !== null &&
    id !== undefined &&
    (view.id === id || JSON.stringify(view.branches ?? []).includes(JSON.stringify(id)));
  return `${holds(selectedId) ? selectedId : ""} ${holds(tabStop) ? tabStop : ""}`;
}

interface BranchProps extends Pick<LayerCardProps, "selectedId" | "tabStop"> {
  readonly stack: Stack;
  readonly title: string;
  readonly layers: readonly LayerView[];
}

/** One branch of a container, with its own cards. */
function Branch({ stack, title, layers, selectedId, tabStop }: BranchProps) {
  const isEmpty = layers.length === 0;
  const isTarget = useDrag(({ gap }) => isEmpty && gap !== null && isSameStack(gap, stack));
  const { setNodeRef } = useDroppable({ id: stack.parent ? branchId(stack.parent) : "", disabled: !isEmpty });
  return (
    <div className={classes.branch}>
      <p className={classes.branchTitle}>{title}</p>
      <ol ref={setNodeRef} className={classes.stack} aria-label={title} {...{ [STACK_ATTRIBUTE]: stackText(stack) }}>
        {layers.map((view, i) => (
          <LayerCard
            key={view.id}
            view={view}
            selectedId={selectedId}
            tabStop={tabStop}
            isLastInStack={i === layers.length - 1}
          />
        ))}
        {isEmpty && (
          <li className={classes.emptyBranch} data-target={isTarget || undefined}>
            {t("model.emptyBranch")}
          </li>
        )}
      </ol>
    </div>
  );
}

function ShareBar({ share }: { readonly share: number }) {
  const text = share > 0 && share < 0.01 ? t("model.littleShare") : formatPercent(share, 0);
  return (
    <span className={classes.share} data-track title={t("model.shareHelp", { share: text })}>
      <span className={classes.shareFill} data-bar style={{ width: `${Math.max(share * 100, share > 0 ? 1 : 0)}%` }} />
      <span className="visuallyHidden">{t("model.share", { share: text })}</span>
    </span>
  );
}

// A press on an action or in the settings is not the beginning of a drag of the card.
const keepToItself = (event: MouseEvent): void => event.stopPropagation();

interface CardActionsProps {
  readonly view: LayerView;
  readonly tabIndex: number;
}

function CardActions({ view: { id, name, isFirst, isLast }, tabIndex }: CardActionsProps) {
  return (
    <div className={classes.actions} onMouseDown={keepToItself}>
      <ActionIcon
        size={26}
        tabIndex={tabIndex}
        aria-label={t("model.moveUp", { name })}
        title={t("model.moveUpHelp")}
        aria-disabled={isFirst}
        data-disabled={isFirst}
        onClick={() => nudgeBlock(id, -1)}
      >
        <IconChevronUp size={16} />
      </ActionIcon>
      <ActionIcon
        size={26}
        tabIndex={tabIndex}
        aria-label={t("model.moveDown", { name })}
        title={t("model.moveDownHelp")}
        aria-disabled={isLast}
        data-disabled={isLast}
        onClick={() => nudgeBlock(id, 1)}
      >
        <IconChevronDown size={16} />
      </ActionIcon>
      <ActionIcon
        size={26}
        tabIndex={tabIndex}
        aria-label={t("model.duplicate", { name })}
        title={t("model.duplicateHelp")}
        onClick={() => copyBlock(id)}
      >
        <IconCopy size={15} />
      </ActionIcon>
      <ActionIcon
        size={26}
        tabIndex={tabIndex}
        aria-label={t("model.remove", { name })}
        title={t("model.removeHelp")}
        onClick={() => deleteBlock(id)}
      >
        <IconTrash size={15} />
      </ActionIcon>
    </div>
  );
}
