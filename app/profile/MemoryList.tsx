/** What the memory on the device is for. */
import type { MemoryReport } from "../../src/engine";
import { formatBytes } from "../format";
import classes from "./MemoryList.module.css";

const names: Readonly<Record<keyof MemoryReport, string>> = {
  parameters: "Parameters",
  optimizer: "Optimizer state",
  training: "Training step",
  scoring: "Scoring",
  dataset: "Dataset",
  bookkeeping: "Bookkeeping",
};

export function MemoryList({ memory }: { readonly memory: MemoryReport }) {
  const parts = (Object.keys(names) as (keyof MemoryReport)[]).map((part) => [names[part], memory[part]] as const);
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  return (
    <section aria-label="Memory" className={classes.memory}>
      <h3 className={classes.title}>Memory</h3>
      <dl className={classes.list}>
        {[...parts, ["Total", total] as const].map(([name, bytes]) => (
          <div key={name} className={classes.part}>
            <dt>{name}</dt>
            <dd>{formatBytes(bytes)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
