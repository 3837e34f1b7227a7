/** On a small screen: which part of the page is shown. */
import type { KeyboardEvent, ReactNode } from "react";
import { IconChartLine, IconSettings, IconStack2, IconTrophy } from "@tabler/icons-react";
import type { Part } from "../store/ui";
import { showPart, takePart, useUi } from "../store/ui";
import { useIsNarrow } from "./useIsNarrow";
import classes from "./PartTabs.module.css";

const parts = [
  { part: "build", title: "Build", Icon: IconStack2 },
  { part: "settings", title: "Settings", Icon: IconSettings },
  { part: "charts", title: "Train", Icon: IconChartLine },
  { part: "results", title: "Results", Icon: IconTrophy },
] as const;

const tabId = (part: Part): string => `tab-${part}`;
/** The id of the element that holds a part. */
export const partElementId = (part: Part): string => `part-${part}`;

export function PartTabs() {
  const isNarrow = useIsNarrow();
  const shown = useUi(takePart);
  if (!isNarrow) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at = parts.findIndex(({ part }) => part === shown);
    const next = parts[(at + by + parts.length) % parts.length];
    if (!next) return;
    showPart(next.part);
    document.getElementById(tabId(next.part))?.focus();
  };
  return (
    <nav>
      <div role="tablist" tabIndex={-1} aria-label="Parts of the page" className={classes.tabs} onKeyDown={onKeyDown}>
        {parts.map(({ part, title, Icon }) => (
          <button
            key={part}
            id={tabId(part)}
            type="button"
            role="tab"
            className={classes.tab}
            aria-selected={part === shown}
            aria-controls={partElementId(part)}
            tabIndex={part === shown ? 0 : -1}
            onClick={() => showPart(part)}
          >
            <Icon size={18} aria-hidden />
            {title}
          </button>
        ))}
      </div>
    </nav>
  );
}

interface PartAreaProps {
  readonly part: Part;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A part of the page: always there where there is room, and behind its tab where there is not. */
export function PartArea({ part, className, children }: PartAreaProps) {
  const isNarrow = useIsNarrow();
  const shown = useUi(takePart);
  const isHidden = isNarrow && part !== shown;
  return (
    <div
      id={partElementId(part)}
      className={className}
      hidden={isHidden}
      role={isNarrow ? "tabpanel" : undefined}
      aria-labelledby={isNarrow ? tabId(part) : undefined}
      tabIndex={isNarrow ? -1 : undefined}
    >
      {children}
    </div>
  );
}
