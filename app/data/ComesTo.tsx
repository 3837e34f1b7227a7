/** What comes of data as they are set, or why nothing does, and what is worth a word before anybody trains on them. */
import type { ReactNode } from "react";
import { tell } from "../common/words";
import classes from "./BringDialog.module.css";

type Told = Parameters<typeof tell>[0] & { readonly key: string };

interface ComesToProps {
  readonly report: { readonly problem: Told | null; readonly remarks: readonly Told[] };
  /** Said where there is no problem. */
  readonly children: ReactNode;
  /** A further remark. */
  readonly more?: string | null;
}

export function ComesTo({ report: { problem, remarks }, children, more = null }: ComesToProps) {
  return (
    <>
      {problem ? (
        <p className={classes.problem} role="alert">
          {tell(problem)}
        </p>
      ) : (
        <p className={classes.sum} role="status">
          {children}
        </p>
      )}
      {(remarks.length > 0 || more !== null) && (
        <ul className={classes.remarks}>
          {remarks.map((remark) => (
            <li key={remark.key}>{tell(remark)}</li>
          ))}
          {more !== null && <li>{more}</li>}
        </ul>
      )}
    </>
  );
}
