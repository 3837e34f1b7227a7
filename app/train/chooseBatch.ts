/** Chooses the samples that some steps were trained on, those first that the model now reads worst. */
import { fetchLaterWords, say, type SampleColumns, type ShownValues } from "../../src/engine";
import { tell } from "../common/words";
import { notify, useRun } from "../store/run";
import { chooseSamples } from "../store/samples";
import { announce } from "../store/ui";
import { currentTrainer } from "./client";
import { inquire } from "./inquire";
import { fetchSamples } from "./useSampleColumns";

/** @param steps from 1 on. Where the model tells no classes nothing is chosen, and that is said. */
export async function chooseBatch(steps: { readonly from: number; readonly to: number }): Promise<void> {
  await fetchLaterWords();
  if (!(await choose(steps))) notify({ severity: "info", topic: "batch", said: say("inspect.noWorst") });
}

async function choose(steps: { readonly from: number; readonly to: number }): Promise<boolean> {
  const { prepared } = useRun.getState();
  const rows = prepared && (await inquire("batch", steps));
  const columns = rows && (await fetchSamples("train", Array.from(rows)));
  const read = Object.entries(columns ?? {}).find(([, { info }]) => info.kind !== "class");
  if (!columns || !read) return false;
  const [name, { values }] = read;
  const shown = await currentTrainer()?.show({ [name]: Float32Array.from(values) }, rows.length);
  // Another model has taken its place.
  if (useRun.getState().prepared !== prepared) return true;
  if (!shown) return false;
  const said = say("inspect.chosenSteps", steps);
  const order = worstFirst(rows.length, columns, shown);
  if (!order) return false;
  chooseSamples({ of: "train", rows: order.map((i) => rows[i] ?? 0), said, dataset: prepared.dataset });
  announce(tell(said));
  return true;
}

/** Places among samples, the one first whose own class the model gives least; undefined where it tells no classes. */
function worstFirst(count: number, columns: SampleColumns, shown: ShownValues): number[] | undefined {
  const told = Object.values(shown).find(({ kind }) => kind === "class");
  const labels = Object.values(columns).find(({ info }) => info.kind === "class")?.values;
  if (!told || !labels) return undefined;
  const width = told.data.length / count;
  const given = Array.from({ length: count }, (_, i) => {
    const label = labels[i] ?? 0;
    // A single unit speaks for the second of two classes.
    if (width === 1) return label === 1 ? (told.data[i] ?? 0) : -(told.data[i] ?? 0);
    return told.data[i * width + label] ?? 0;
  });
  return given.map((_, i) => i).toSorted((a, b) => (given[a] ?? 0) - (given[b] ?? 0) || a - b);
}
