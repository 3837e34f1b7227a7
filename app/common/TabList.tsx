/** Tabs: one of a few parts is chosen. The arrow keys, Home and End go from tab to tab, and choose. Where they do not fit side by
 *  side, a list beside them names them all, and those are seen that are in one row with the chosen one, so that none is cut. */
import { IconChevronDown } from "@tabler/icons-react";
import { type ComponentType, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { t } from "./words";
import classes from "./TabList.module.css";

/** One tab. */
export interface Tab<T extends string> {
  readonly value: T;
  readonly title: string;
  /** What it has in common with its neighbours: groups stand apart, and the list of all names them. */
  readonly group?: string;
  readonly Icon?: ComponentType<{ readonly size: number; readonly "aria-hidden": true }>;
}

interface TabListProps<T extends string> {
  /** What the tabs choose among, for those who hear the page. */
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** The id of the element that a tab shows. */
  readonly panelId: (value: T) => string;
  /** A row of tabs as wide as the page, or one in the head of a panel. */
  readonly look: "page" | "panel";
}

/** The id of the tab that shows a panel. */
export const tabId = (panelId: string): string => `tab-${panelId}`;

export function TabList<T extends string>({ label, tabs, value, onChange, panelId, look }: TabListProps<T>) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.value === value);
    const to = placeAfterKey(event.key, at, tabs.length);
    const next = to === null ? undefined : tabs[to];
    if (!next) return;
    event.preventDefault();
    onChange(next.value);
    document.getElementById(tabId(panelId(next.value)))?.focus();
  };
  const list = useRef<HTMLDivElement>(null);
  const isCut = useOverflow(list, tabs.length) && look === "panel";
  const row = (
    <div
      ref={list}
      role="tablist"
      tabIndex={-1}
      aria-label={label}
      className={classes.tabs}
      data-look={look}
      data-cut={isCut || undefined}
      onKeyDown={onKeyDown}
    >
      {tabs.map(({ value: own, title, group, Icon }, i) => (
        <button
          key={own}
          id={tabId(panelId(own))}
          type="button"
          role="tab"
          className={classes.tab}
          data-begins={(i > 0 && tabs[i - 1]?.group !== group) || undefined}
          aria-selected={own === value}
          aria-controls={panelId(own)}
          tabIndex={own === value ? 0 : -1}
          ref={own === value ? bringIntoSight : undefined}
          onClick={() => onChange(own)}
        >
          {Icon && <Icon size={18} aria-hidden />}
          {title}
        </button>
      ))}
    </div>
  );
  return (
    <>
      {row}
      {isCut && (
        <span className={classes.all}>
          <span aria-hidden>{t("layout.allTabs", { tabs: tabs.length })}</span>
          <IconChevronDown size={16} aria-hidden />
          <select
            aria-label={label}
            value={value}
            onChange={(event) => {
              const wanted = tabs.find((tab) => tab.value === event.target.value);
              if (wanted) onChange(wanted.value);
            }}
          >
            {[...new Set(tabs.map(({ group }) => group))].map((group) => (
              <optgroup key={group} label={group}>
                {tabs
                  .filter((tab) => tab.group === group)
                  .map(({ value: own, title }) => (
                    <option key={own} value={own}>
                      {title}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </span>
      )}
    </>
  );
}

/** Whether there are more tabs than fit into their place, where the chosen one is kept in sight. @param count of tabs */
function useOverflow(element: { readonly current: HTMLElement | null }, count: number): boolean {
  const [isCut, setIsCut] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (!current || count === 0) return;
    const observer = new ResizeObserver(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = current;
      setIsCut(scrollWidth > clientWidth || scrollHeight > clientHeight + 1);
      bringIntoSight(current.querySelector('[aria-selected="true"]'));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, count]);
  return isCut;
}

/** Scrolls the chosen tab into its list, and nothing else. */
function bringIntoSight(tab: Element | null): void {
  const list = tab?.parentElement;
  if (!tab || !list) return;
  const [own, whole] = [tab.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollLeft += own.left - whole.left - (whole.width - own.width) / 2;
  list.scrollTop += own.top - whole.top;
}

/** Where a key leads from a tab, or null where it means nothing. */
function placeAfterKey(key: string, at: number, count: number): number | null {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
