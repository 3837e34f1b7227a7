/** Where the steps of one sample look, by every head of every layer that attends. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { tasks } from "../tasks";
import { columnsSchema, defineInquiry } from "./inquiry";
import { givenColumn, Side, sideGraph } from "./side";

/** What one layer attends to in a sample. */
export interface Attention {
  readonly network: string;
  /** The layer's name there. */
  readonly block: string;
  readonly heads: number;
  readonly steps: number;
  /** How much step t takes of step s, `[heads, t, s]`; each row adds up to 1. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/** The attention of all layers that have one, in the order in which they are computed; nothing where there is none. */
export const attention = defineInquiry({
  question: v.object({ columns: columnsSchema }),
  answer: async (subject, { columns }): Promise<Attention[]> => {
    const { model } = subject;
    const side = sideGraph(subject, 1);
    tasks[model.description.task.type].show(side.graph);
    const looks = Object.entries(side.networks).flatMap(([network, { looks: own }]) =>
      own.flatMap(({ name, look, node }) => (look === "attention" ? [{ network, block: name, node }] : [])),
    );
    if (looks.length === 0) return [];
    const given = [...side.columns].map(([name, leaf]) => [leaf, givenColumn(subject, columns, name)] as const);
    const outputs = looks.map(({ node }) => node);
    const opened = await Side.open(subject, { outputs }, side.columns.values(), createCpuBackend());
    try {
      for (const [leaf, values] of given) opened.write(leaf, values);
      opened.run();
      return await Promise.all(
        looks.map(async ({ network, block, node }) => {
          const [, heads = 1, steps = 1] = node.shape;
          return { network, block, heads, steps, weights: Float32Array.from(await opened.read(node)) };
        }),
      );
    } finally {
      opened.dispose();
    }
  },
});
