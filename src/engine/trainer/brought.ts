/** Data that a visitor has just brought: trained on from memory, and kept in the browser afterwards, so that nobody waits for that. */
import type { Dataset } from "../data/dataset";
import { bringDataset } from "../data/library";
import { openOwnDatasets } from "../data/openOwn";
import { type MadeDataset, ownDatasetDef } from "../data/ownData";
import { type Said, say } from "../words/said";

export class Brought {
  /** Those that are not kept yet, by id. */
  readonly #waiting = new Map<string, MadeDataset>();

  /** Has the library know it. Its values are given out once, to who keeps those that are in use. */
  take(made: MadeDataset): void {
    const { about, values } = made;
    const { id, title, columns, trainCount, testCount } = about;
    this.#waiting.set(id, made);
    const train = { count: trainCount, columns: values.train };
    let held: Dataset | null = {
      id,
      title,
      columns,
      trainCount,
      train,
      test: { count: testCount, columns: values.test },
    };
    const kept = ownDatasetDef(about, openOwnDatasets);
    bringDataset({
      ...kept,
      load: async (source, options) => {
        const dataset = held;
        held = null;
        return dataset ?? (await kept.load(source, options));
      },
    });
  }

  /** Writes it. @returns why that failed, or null */
  async keep(id: string): Promise<Said | null> {
    const made = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!made) return null;
    const { about, values } = made;
    try {
      const store = await openOwnDatasets();
      await store.put(about, (split, name, from, to) => {
        const column = values[split][name] ?? new Uint8Array();
        const each = column.length / (split === "train" ? about.trainCount : about.testCount);
        return column.subarray(from * each, to * each);
      });
      return null;
    } catch (error) {
      return say("brought.onlyHere", { title: about.title, reason: String(error) });
    }
  }
}
