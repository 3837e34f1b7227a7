/** A titled part of the page. */
import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  readonly title: string;
  /** What assistive technology calls it, where the title alone would be too short. */
  readonly label?: string;
  /** In place of the title, which is heard and not seen then. */
  readonly tabs?: ReactNode;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly footer?: ReactNode;
  readonly className?: string | undefined;
  /** Whether what is in it may be as high as it is: `cqh` are hundredths of its height on wide screens. */
  readonly isMeasure?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, label, tabs, aside, footer, className, isMeasure, children }: PanelProps) {
  return (
    <section aria-label={label ?? title} className={`${classes.panel} ${className ?? ""}`}>
      <div className={tabs ? `${classes.head} ${classes.tabbed}` : classes.head}>
        <h2 className={tabs ? "visuallyHidden" : classes.title}>{title}</h2>
        {tabs}
        {aside}
      </div>
      <div className={classes.body} data-measure={isMeasure || undefined}>
        {children}
      </div>
      {footer && <div className={classes.foot}>{footer}</div>}
    </section>
  );
}
