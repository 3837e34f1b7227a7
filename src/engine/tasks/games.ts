/** The games of a discriminator and a generator: what each of the two loses, given what the discriminator says
 *  of real and of made samples. */
import { choice, real as realField } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import type { Ending } from "../nn/losses";
import { beforeActivation } from "../nn/source";
import { reshape } from "../ops/layout";
import { add, mul, neg, relu, sigmoid, softplus, square, sub } from "../ops/pointwise";
import { sameShape } from "../shape";
import { say } from "../words/said";
import type { TaskProblem } from "./task";

/** A number for each sample out of the discriminator's single unit: how real it takes a sample to be. `[N]` f32 */
const scoreOf = (output: Node): Node => reshape(output, [output.shape[0] ?? 1]);

/** The logit of the discriminator, whether or not it ends in a sigmoid. `[N]` f32 */
const logitOf = (output: Node): Node => scoreOf(beforeActivation(output, "sigmoid") ?? output);

interface Game {
  readonly title: string;
  readonly help: string;
  /** @param smoothing by how much less than 1 the label of real samples is  @returns `[N]` f32 */
  readonly discriminator: (real: Node, fake: Node, smoothing: number) => Node;
  /** @returns `[N]` f32 */
  readonly generator: (fake: Node) => Node;
  /** What the discriminator says of samples, as it is told: a probability where the game knows one. `[N]` f32 */
  readonly told: (output: Node) => Node;
  /** How real it takes samples to be, from 0 to 1 mostly: where it cannot tell, one half. `[N]` f32 */
  readonly share: (output: Node) => Node;
  readonly ending: Ending;
}

/** The games by name. */
export const games = {
  /** Real: `-t log D - (1 - t) log (1 - D)` with `t = 1 - smoothing`; made: `-log (1 - D)`; the generator `-log D`. By softplus of
   *  logits. Source: Goodfellow et al. 2014, "Generative adversarial nets", algorithm 1 and section 3; for one-sided smoothing
   *  Salimans et al. 2016, "Improved techniques for training GANs". */
  nonSaturating: {
    title: "Non-saturating",
    help: "The classic: cross-entropy for the discriminator, and the generator wants to be taken for real.",
    discriminator: (real, fake, smoothing) => {
      const logits = logitOf(real);
      const ofReal = smoothing === 0 ? softplus(neg(logits)) : add(softplus(neg(logits)), mul(logits, smoothing));
      return add(ofReal, softplus(logitOf(fake)));
    },
    generator: (fake) => softplus(neg(logitOf(fake))),
    told: (output) => sigmoid(logitOf(output)),
    share: (output) => sigmoid(logitOf(output)),
    ending: { takes: say("task.logit"), from: ["linear", "sigmoid"] },
  },
  /** Source: Mao et al. 2017, "Least squares generative adversarial networks", equation 9. */
  leastSquares: {
    title: "Least squares",
    help: "Squared distances from 1 for real and 0 for made, which pull at samples that are far off too.",
    discriminator: (real, fake, smoothing) =>
      mul(add(square(sub(scoreOf(real), 1 - smoothing)), square(scoreOf(fake))), 0.5),
    generator: (fake) => mul(square(sub(scoreOf(fake), 1)), 0.5),
    told: scoreOf,
    share: scoreOf,
    ending: { from: ["linear"] },
  },
  /** `max(0, 1 - smoothing - D(real)) + max(0, 1 + D(made))`, and `-D(made)`: smoothing narrows the margin of real samples.
   *  Source: Lim and Ye 2017, "Geometric GAN". */
  hinge: {
    title: "Hinge",
    help: "The discriminator learns from samples within its margin alone, the generator from all.",
    discriminator: (real, fake, smoothing) => add(relu(sub(1 - smoothing, scoreOf(real))), relu(add(scoreOf(fake), 1))),
    generator: (fake) => neg(scoreOf(fake)),
    told: scoreOf,
    share: (output) => mul(add(scoreOf(output), 1), 0.5),
    ending: { from: ["linear"] },
  },
} satisfies Record<string, Game>;

/** The name of a game. */
export type GameType = keyof typeof games;

/** The same without what each of them is in particular. */
export const gameOf = (type: GameType): Game => games[type];

/** Which game is played, as a setting. */
export const gameField = choice({
  label: "Loss",
  help: "What the two players lose.",
  options: Object.keys(games) as GameType[],
  default: "nonSaturating",
  described: games,
});

/** How far the label of real samples is from 1, as a setting. */
export const smoothingField = realField({
  label: "Label smoothing",
  help: "Tells the discriminator that real samples are real to 1 less this much, so that it is never quite sure.",
  min: 0,
  max: 0.5,
  step: 0.05,
  default: 0,
  live: true,
});

/** What is wrong with what a discriminator gives. */
export function problemOfDiscriminator(output: TensorType | undefined): TaskProblem[] {
  if (!output || sameShape(output.shape, [1])) return [];
  const problem = say("task.notOneNumber", { given: output.shape });
  const said = say("problem.advised", { problem, advice: say("task.endWithDense", { units: 1 }) });
  return [{ network: "discriminator", said, units: 1, activation: "linear" }];
}

/** What the discriminator should end in. */
export const endingOfDiscriminator = (type: GameType) => ({
  by: say("task.theDiscriminatorsLoss"),
  ...gameOf(type).ending,
});
