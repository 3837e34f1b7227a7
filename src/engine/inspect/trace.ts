/** One sample followed through every block of a model. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { tasks } from "../tasks";
import { columnsSchema, defineInquiry } from "./inquiry";
import { type BlockOutput, givenColumn, Side, sideGraph } from "./side";

/** The outputs of all blocks for one sample, in the order in which they are computed, by the plain kernels. */
export const trace = defineInquiry({
  question: v.object({ columns: columnsSchema }),
  answer: async (subject, { columns }): Promise<BlockOutput[]> => {
    const { model } = subject;
    const side = sideGraph(subject, 1);
    tasks[model.description.task.type].show(side.graph);
    const outputs = Object.entries(side.networks).flatMap(([network, own]) =>
      own.outputs.map(({ name, node }) => ({ network, block: name, node })),
    );
    const nodes = outputs.map(({ node }) => node);
    const given = [...side.columns].map(([name, leaf]) => [leaf, givenColumn(subject, columns, name)] as const);
    const opened = await Side.open(subject, { outputs: nodes }, side.columns.values(), createCpuBackend());
    try {
      for (const [leaf, values] of given) opened.write(leaf, values);
      opened.run();
      return await Promise.all(
        outputs.map(async ({ network, block, node }) => {
          const data = Float32Array.from(await opened.read(node));
          // The steps of the one sample are samples there.
          if ((node.shape[0] ?? 1) > 1) return { network, block, shape: node.shape, isEachStep: true, data };
          return { network, block, shape: node.shape.slice(1), data };
        }),
      );
    } finally {
      opened.dispose();
    }
  },
});
