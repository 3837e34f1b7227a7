/** On a small screen: which part of the page is shown. */
import type { ReactNode } from "react";
import { IconAdjustmentsHorizontal, IconChartLine, IconStack2, IconTrophy } from "@tabler/icons-react";
import type { Part } from "../store/ui";
import { partElementId, showPart, takeColumnPart, takePart, useUi } from "../store/ui";
import type { Tab } from "../common/TabList";
import { TabList, tabId } from "../common/TabList";
import { useIsNarrow } from "../common/useIsNarrow";
import { t } from "../common/words";

const parts = (): readonly Tab<Part>[] => [
  { value: "model", title: t("layout.model"), Icon: IconStack2 },
  { value: "training", title: t("layout.training"), Icon: IconAdjustmentsHorizontal },
  { value: "charts", title: t("layout.charts"), Icon: IconChartLine },
  { value: "results", title: t("layout.results"), Icon: IconTrophy },
];

export function PartTabs() {
  const shown = useUi(takePart);
  return (
    <nav>
      <TabList
        label={t("layout.parts")}
        look="page"
        tabs={parts()}
        value={shown}
        onChange={showPart}
        panelId={partElementId}
      />
    </nav>
  );
}

interface PartAreaProps {
  readonly part: Part;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A part of the page behind its tab: all are on a small screen, and the parts of the column are everywhere. */
export function PartArea({ part, className, children }: PartAreaProps) {
  const isNarrow = useIsNarrow();
  const ofPage = useUi(takePart);
  const ofColumn = useUi(takeColumnPart);
  return (
    <div
      id={partElementId(part)}
      className={className}
      hidden={part !== (isNarrow ? ofPage : ofColumn)}
      role="tabpanel"
      aria-labelledby={tabId(partElementId(part))}
      tabIndex={-1}
    >
      {children}
    </div>
  );
}
