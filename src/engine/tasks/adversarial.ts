/** Adversarial generation: a generator makes samples out of noise, and a discriminator tells them from real ones. Each learns
 *  from the other's mistakes. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import { choice, whole } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import type { Ending } from "../nn/losses";
import { beforeActivation } from "../nn/source";
import { reshape } from "../ops/layout";
import { add, mul, neg, softplus, square, sub } from "../ops/pointwise";
import { sameShape } from "../shape";
import { type About, columnOf, defineTask, requireColumn, type TaskProblem } from "./task";
import { say } from "../words/said";
import { nameOfData } from "../data/dataset";

/** What can be generated: numbers, not indices. */
const GENERATED: readonly ColumnKind[] = ["image", "points", "series", "value"];

const subject = ({ data }: Pick<About, "data">): string | undefined => columnOf(data, GENERATED)?.name;

function requireSubject(about: Pick<About, "data">): string {
  const name = subject(about);
  if (name === undefined) throw new Error(`Generation: expected a column of numbers in ${about.data.title}, got none.`);
  return name;
}

/** A number for each sample out of the discriminator's single unit: how real it takes a sample to be. `[N]` f32 */
const scoreOf = (output: Node): Node => reshape(output, [output.shape[0] ?? 1]);

/** `-log D` of what is real, or `-log (1 - D)` of what is not, from the logit of D: softplus of its negative, or of it. `[N]` */
function surprise(output: Node, isReal: boolean): Node {
  const logits = scoreOf(beforeActivation(output, "sigmoid") ?? output);
  return softplus(isReal ? neg(logits) : logits);
}

interface Game {
  readonly discriminator: (real: Node, fake: Node) => Node;
  readonly generator: (fake: Node) => Node;
  readonly ending: Ending;
}

/** What both players lose, given what the discriminator says of real and of made samples, `[N]` f32 each; and what the
 *  discriminator should end in. */
const games: Readonly<Record<"nonSaturating" | "leastSquares", Game>> = {
  /** Source: Goodfellow et al. 2014, "Generative adversarial nets", algorithm 1 and section 3. */
  nonSaturating: {
    discriminator: (real: Node, fake: Node) => add(surprise(real, true), surprise(fake, false)),
    generator: (fake: Node) => surprise(fake, true),
    ending: { takes: say("task.logit"), from: ["linear", "sigmoid"] },
  },
  /** Source: Mao et al. 2017, "Least squares generative adversarial networks", equation 9. */
  leastSquares: {
    discriminator: (real: Node, fake: Node) => mul(add(square(sub(scoreOf(real), 1)), square(scoreOf(fake))), 0.5),
    generator: (fake: Node) => mul(square(sub(scoreOf(fake), 1)), 0.5),
    ending: { from: ["linear"] },
  },
};

const curves = {
  generatorLoss: { title: "Generator's loss", help: "High while the discriminator sees through what is made." },
  discriminatorLoss: { title: "Discriminator's loss", help: "High while real and made samples cannot be told apart." },
};

/** Two networks, each with a loss of its own. Both gradients are taken at the same weights, in one plan. */
export const adversarial = defineTask({
  title: "Generate",
  help: "A generator makes samples out of noise, a discriminator tells them from real ones, and both learn from it: a GAN.",
  fields: {
    noise: whole({
      label: "Noise",
      help: "Random numbers that the generator makes a sample of.",
      min: 1,
      max: 1024,
      default: 16,
    }),
    game: choice({
      label: "Game",
      help: "What the two players lose: the classic, or squared distances, which are calmer.",
      options: Object.keys(games) as (keyof typeof games)[],
      default: "nonSaturating",
    }),
  },
  networks: {
    generator: {
      title: "Generator",
      help: "Reads noise and gives a sample.",
      input: ({ config }) => ({ shape: [config.noise], dtype: "f32" }),
    },
    discriminator: {
      title: "Discriminator",
      help: "Reads a sample, real or made, and says in one number how real it is.",
      input: (about) => {
        const name = subject(about);
        return name === undefined ? null : typeOfColumn(requireColumn(about.data, name));
      },
    },
  },
  columns: (about) => {
    const name = subject(about);
    if (name !== undefined) return [name];
    return { said: say("task.nothingToImitate", { data: nameOfData(about.data) }) };
  },
  problems: (about, { generator, discriminator }) => {
    const { shape } = requireColumn(about.data, requireSubject(about));
    return [...problemOfGenerator(generator, shape), ...problemOfDiscriminator(discriminator)];
  },
  endings: ({ config }) => ({
    discriminator: { by: say("task.theDiscriminatorsLoss"), ...games[config.game].ending },
    // Samples may be any numbers.
    generator: { by: say("task.theGenerator"), from: ["linear"] },
  }),
  curves,
  losses: () => [
    {
      id: "generatorLoss",
      ...curves.generatorLoss,
      unit: "",
      format: "number",
      better: "lower",
      trains: ["generator"],
    },
    {
      id: "discriminatorLoss",
      ...curves.discriminatorLoss,
      unit: "",
      format: "number",
      better: "lower",
      trains: ["discriminator"],
    },
  ],
  metrics: () => [],
  score: (graph) => {
    const { discriminator, generator } = games[graph.config.game];
    const fake = graph.apply("generator", graph.random.normal([graph.config.noise]));
    const real = graph.apply("discriminator", graph.column(requireSubject(graph)));
    const judged = graph.apply("discriminator", fake);
    return {
      losses: { generatorLoss: generator(judged), discriminatorLoss: discriminator(real, judged) },
      metrics: {},
    };
  },
  show: (graph) => {
    const { kind } = requireColumn(graph.data, requireSubject(graph));
    return { made: { kind, node: graph.apply("generator", graph.random.normal([graph.config.noise])) } };
  },
});

function problemOfGenerator(output: TensorType | undefined, wanted: readonly number[]): TaskProblem[] {
  if (!output || sameShape(output.shape, wanted)) return [];
  const problem = say("task.unlikeData", { wanted, given: output.shape });
  const [units] = wanted;
  if (wanted.length !== 1 || units === undefined) return [{ network: "generator", said: problem }];
  const said = say("problem.advised", { problem, advice: say("task.endWithDense", { units }) });
  return [{ network: "generator", said, units, activation: "linear" }];
}

function problemOfDiscriminator(output: TensorType | undefined): TaskProblem[] {
  if (!output || sameShape(output.shape, [1])) return [];
  const problem = say("task.notOneNumber", { given: output.shape });
  const said = say("problem.advised", { problem, advice: say("task.endWithDense", { units: 1 }) });
  return [{ network: "discriminator", said, units: 1, activation: "linear" }];
}
