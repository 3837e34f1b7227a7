/** The palette: one button for each kind of layer. A press adds the layer behind the selected one, or in front of the
 *  output; a drag puts it anywhere. A search leaves those that it asks for, and Enter adds the first of them. */
import { useDraggable } from "@dnd-kit/core";
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { IconChevronsLeft, IconChevronsRight, IconSearch } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { BlockType, LayerCategory } from "../../src/engine";
import { categories, defOf, recordOf } from "../../src/engine";
import { useIsNarrow, useIsRoomy } from "../common/useIsNarrow";
import { setPreferences, takeIsPaletteFolded, useUi } from "../store/ui";
import { addBlock } from "./actions";
import { LayerBadge } from "./LayerBadge";
import { findInPalette, type PaletteGroup } from "./palette";
import { t, wordOf } from "../common/words";
import classes from "./LayerPalette.module.css";

export function LayerPalette() {
  const isNarrow = useIsNarrow();
  const isRoomy = useIsRoomy();
  const isFolded = (useUi(takeIsPaletteFolded) ?? !isRoomy) && !isNarrow;
  const [query, setQuery] = useState("");
  const groups = findInPalette(isFolded ? "" : query, textOf);
  return (
    <section aria-label={t("model.palette")} className={classes.palette} data-folded={isFolded || undefined}>
      {!isNarrow && (
        <div className={classes.head}>
          <h2 className={isFolded ? "visuallyHidden" : classes.title}>{t("model.palette")}</h2>
          <FoldButton isFolded={isFolded} />
        </div>
      )}
      <div className={classes.groups}>
        {!isFolded && <Search query={query} onChange={setQuery} first={groups[0]?.types[0]} />}
        {groups.map((group) => (
          <Group key={group.category} group={group} isFolded={isFolded} />
        ))}
        {groups.length === 0 && <p className={classes.nothing}>{t("model.noSuchLayer")}</p>}
      </div>
    </section>
  );
}

const titleOf = (category: LayerCategory): string => wordOf(`categories.${category}.title`, categories[category].title);

const helpOf = (type: BlockType): string => wordOf(`${recordOf({ type })}.help`, defOf(type).help);

const textOf = (type: BlockType): string => `${type} ${titleOf(defOf(type).category)} ${helpOf(type)}`;

interface SearchProps {
  readonly query: string;
  readonly onChange: (query: string) => void;
  /** What Enter adds. */
  readonly first: BlockType | undefined;
}

function Search({ query, onChange, first }: SearchProps) {
  return (
    <TextInput
      className={classes.search ?? ""}
      type="search"
      aria-label={t("model.findLayer")}
      placeholder={t("model.find")}
      autoComplete="off"
      spellCheck={false}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={query}
      onChange={({ currentTarget: { value } }) => onChange(value)}
      onKeyDown={({ key }) => {
        if (key === "Enter" && query !== "" && first) addBlock(first);
        if (key === "Enter" || key === "Escape") onChange("");
      }}
    />
  );
}

function Group({ group, isFolded }: { readonly group: PaletteGroup; readonly isFolded: boolean }) {
  const title = titleOf(group.category);
  return (
    <div role="group" aria-label={title} className={classes.group}>
      <p className={classes.groupTitle}>{title}</p>
      {group.types.map((type) => (
        <PaletteButton key={type} type={type} isFolded={isFolded} />
      ))}
    </div>
  );
}

function FoldButton({ isFolded }: { readonly isFolded: boolean }) {
  const label = t(isFolded ? "model.unfoldPalette" : "model.foldPalette");
  const Icon = isFolded ? IconChevronsRight : IconChevronsLeft;
  return (
    <Tooltip label={label} position="right">
      <ActionIcon size={28} aria-label={label} onClick={() => setPreferences({ isPaletteFolded: !isFolded })}>
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  );
}

/** On a phone there is no room beside the palette. */
const BESIDE_OR_BELOW = { flip: { fallbackPlacements: ["bottom" as const] }, shift: true };

interface PaletteButtonProps {
  readonly type: BlockType;
  /** Its badge alone is seen. */
  readonly isFolded: boolean;
}

function PaletteButton({ type, isFolded }: PaletteButtonProps) {
  const { badge, category } = defOf(type);
  const help = helpOf(type);
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: `new-${type}`, data: { kind: "new", type } });
  // Only the pointers drag: the keyboard presses the button, which needs no detour over a drag.
  const { onMouseDown, onTouchStart } = listeners ?? {};
  return (
    <Tooltip
      label={isFolded ? t("model.paletteHelp", { type, help }) : help}
      position="right"
      middlewares={BESIDE_OR_BELOW}
      openDelay={500}
    >
      <button
        ref={setNodeRef}
        type="button"
        className={classes.button}
        data-dragging={isDragging || undefined}
        onMouseDown={(event) => onMouseDown?.(event)}
        onTouchStart={(event) => onTouchStart?.(event)}
        onClick={() => addBlock(type)}
      >
        <LayerBadge badge={badge} category={category} />
        <span className={isFolded ? "visuallyHidden" : classes.name}>{breakable(type)}</span>
      </button>
    </Tooltip>
  );
}

/** A long name may go on in a second line where one of its words begins. */
const breakable = (name: string) =>
  name.split(/(?<=[a-z])(?=[A-Z])/).map((word, i) => (
    <Fragment key={word}>
      {i > 0 && <wbr />}
      {word}
    </Fragment>
  ));
