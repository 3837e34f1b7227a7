/** How far a square of the plane reaches, at its corners, where there are fewest points; of a table in the units of its columns. */
import type { ColumnInfo } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { axisOf } from "../row";
import classes from "./Corners.module.css";

interface CornersProps {
  readonly reach: number;
  readonly info: Pick<ColumnInfo, "names" | "cells">;
}

export function Corners({ reach, info }: CornersProps) {
  const [across, up] = [axisOf(info, 0), axisOf(info, 1)];
  const isTable = info.cells !== undefined;
  const told = ({ name, at }: typeof across, value: number): string =>
    isTable ? `${name} ${formatScore(at(value))}` : String(value);
  return (
    <>
      <span className={classes.corner} data-at="top" aria-hidden>
        {told(up, reach)}
      </span>
      <span className={classes.corner} data-at="origin" aria-hidden>
        {isTable ? `${told(across, -reach)}, ${told(up, -reach)}` : -reach}
      </span>
      <span className={classes.corner} data-at="right" aria-hidden>
        {told(across, reach)}
      </span>
    </>
  );
}
