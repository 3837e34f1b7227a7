/** Numbers of a window, each on its colour of the fixed scale. */
import { formatScore } from "../../../common/format";
import { colourOf, inkOn } from "../colours";
import classes from "./UnitArithmetic.module.css";

interface NumberGridProps {
  readonly label: string;
  /** Row by row. */
  readonly values: readonly number[];
  readonly across: number;
  /** How much stronger than layers' outputs they are coloured. */
  readonly strength?: number;
}

export function NumberGrid({ label, values, across, strength = 1 }: NumberGridProps) {
  const numbers = values.map((value, place) => ({ value, place }));
  const rows = Array.from({ length: values.length / across }, (_, y) => numbers.slice(y * across, (y + 1) * across));
  return (
    <table className={classes.grid}>
      <caption>{label}</caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]?.place}>
            {row.map(({ value, place }) => {
              const colour = colourOf(strength * value);
              return (
                <td key={place} style={{ background: `rgb(${colour.join(" ")})`, color: inkOn(colour) }}>
                  {formatScore(value)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
