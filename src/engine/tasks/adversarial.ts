/** Adversarial generation: a generator makes samples out of noise, and a discriminator tells them from real ones. Each learns
 *  from the other's mistakes. */
import type { ColumnKind } from "../data";
import { typeOfColumn } from "../data/column";
import { nameOfData } from "../data/dataset";
import { whole } from "../fields";
import type { TensorType } from "../graph/type";
import { sameShape } from "../shape";
import { say } from "../words/said";
import { endingOfDiscriminator, gameField, gameOf, problemOfDiscriminator, smoothingField } from "./games";
import { type About, columnOf, defineTask, requireColumn, type TaskProblem } from "./task";

/** What can be generated: numbers, not indices. */
const GENERATED: readonly ColumnKind[] = ["image", "points", "series", "value"];

const subject = ({ data }: Pick<About, "data">): string | undefined => columnOf(data, GENERATED)?.name;

function requireSubject(about: Pick<About, "data">): string {
  const name = subject(about);
  if (name === undefined) throw new Error(`Generation: expected a column of numbers in ${about.data.title}, got none.`);
  return name;
}

const curves = {
  generatorLoss: { title: "Generator loss", help: "High while the discriminator sees through what is made." },
  discriminatorLoss: { title: "Discriminator loss", help: "High while real and made samples cannot be told apart." },
  realScore: {
    title: "Score of real samples",
    help: "What the discriminator says of real samples on average: with the classic loss, how probably they are real.",
  },
  madeScore: {
    title: "Score of made samples",
    help: "What it says of made ones. The nearer the two scores, the better the generator, or the worse the discriminator.",
  },
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
    game: gameField,
    smoothing: smoothingField,
    discriminatorSteps: whole({
      label: "Discriminator's steps",
      help: "Steps of the discriminator to one of the generator, which learns at every so-manieth step only.",
      min: 1,
      max: 10,
      default: 1,
    }),
  },
  networks: {
    generator: {
      title: "Generator",
      help: "Reads noise and gives a sample.",
      input: ({ config }) => ({ shape: [config.noise], dtype: "f32" }),
      readsNoise: true,
      gives: subject,
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
  endings: (about) => ({
    discriminator: endingOfDiscriminator(about.config.game),
    // Samples may be any numbers; pixels are between 0 and 1.
    generator: {
      by: say("task.theGenerator"),
      from: requireColumn(about.data, requireSubject(about)).kind === "image" ? ["sigmoid", "linear"] : ["linear"],
    },
  }),
  curves,
  losses: () => {
    const shared = { unit: "", format: "number", better: "lower" } as const;
    return [
      { id: "generatorLoss", ...curves.generatorLoss, ...shared, trains: ["generator"] },
      { id: "discriminatorLoss", ...curves.discriminatorLoss, ...shared, trains: ["discriminator"] },
      { id: "realScore", ...curves.realScore, ...shared, trains: [] },
      { id: "madeScore", ...curves.madeScore, ...shared, trains: [] },
    ];
  },
  every: ({ config }) => ({ generator: config.discriminatorSteps }),
  metrics: () => [],
  score: (graph) => {
    const { noise, game, smoothing } = graph.config;
    const { discriminator, generator, told } = gameOf(game);
    const fake = graph.apply("generator", graph.random.normal([noise]));
    const real = graph.apply("discriminator", graph.column(requireSubject(graph)));
    const judged = graph.apply("discriminator", fake);
    return {
      losses: {
        generatorLoss: generator(judged),
        discriminatorLoss: discriminator(real, judged, smoothing),
        realScore: told(real),
        madeScore: told(judged),
      },
      metrics: {},
    };
  },
  show: (graph) => {
    const { kind } = requireColumn(graph.data, requireSubject(graph));
    return { made: { kind, node: graph.apply("generator", graph.random.normal([graph.config.noise])) } };
  },
  asked: {
    /** What the generator makes of noise that the caller gives. */
    generate: {
      network: "generator",
      show: (graph) => {
        const { kind } = requireColumn(graph.data, requireSubject(graph));
        return { made: { kind, node: graph.apply("generator", graph.given("noise", [graph.config.noise])) } };
      },
    },
    /** How real the discriminator takes samples to be that the caller gives, and what the generator would lose by them. */
    judge: {
      show: (graph) => {
        const output = graph.apply("discriminator", graph.column(requireSubject(graph)));
        const { share, generator } = gameOf(graph.config.game);
        return {
          share: { kind: "value", node: share(output) },
          // Downhill of this is where the generator is pushed.
          generatorLoss: { kind: "value", node: generator(output) },
        };
      },
    },
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
