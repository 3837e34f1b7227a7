/** The machine that trains: what it is, and what the model takes of it. */
import { useShallow } from "zustand/react/shallow";
import type { MemoryUse } from "../../src/engine";
import { formatBytes } from "../format";
import { takeBackend, takeMemory, useRun } from "../store/run";
import { backendName } from "./statusText";
import classes from "../model/Inspector.module.css";

const uses: readonly (readonly [key: keyof MemoryUse, label: string])[] = [
  ["datasetBytes", "Dataset"],
  ["parameterBytes", "Parameters"],
  ["optimizerBytes", "Optimizer state"],
  ["workingBytes", "Working memory"],
];

export function MachineSettings() {
  const backend = useRun(takeBackend);
  const memory = useRun(useShallow(takeMemory));
  return (
    <dl className={classes.facts}>
      <dt>Backend</dt>
      <dd>{backend ? `${backendName(backend)}, ${backend.adapter}` : "not known yet"}</dd>
      {uses.map(([key, label]) => (
        <div key={key} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{memory ? formatBytes(memory[key]) : "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
