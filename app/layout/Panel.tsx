/** A titled part of the page. */
import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  readonly title: string;
  /** What assistive technology calls it, where the title alone would be too short. */
  readonly label?: string;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly footer?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Panel({ title, label, aside, footer, className, children }: PanelProps) {
  return (
    <section aria-label={label ?? title} className={`${classes.panel} ${className ?? ""}`}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {aside}
      </div>
      <div className={classes.body}>{children}</div>
      {footer && <div className={classes.foot}>{footer}</div>}
    </section>
  );
}
