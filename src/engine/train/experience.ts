/** Experience: the samples of a model that acts, played anew before each training step by the weights as they are then. It follows
 *  from the weights, the seed and the step alone, so that a resumed run plays the same. */
import type { Backend } from "../backend/backend";
import { openCpuBackend } from "../backend/cpu/openCpuBackend";
import type { Dataset, Split } from "../data";
import { environmentOf, type World } from "../environments";
import { aboutOf } from "../model/analyze";
import { STREAM } from "../random";
import { tasks } from "../tasks";
import type { Play } from "../tasks/play";
import { Actor } from "./actor";
import type { Allocations } from "./allocations";
import type { ProgramModel } from "./batches";
import { type Playing, playEpisodes } from "./playing";

/** Plays in the environment of a dataset, and puts what happened where training and tests read it. */
export class Experience {
  /** Whose settings it acts by. */
  model: ProgramModel;
  readonly #dataset: Dataset;
  readonly #own: Allocations;
  readonly #count: number;
  readonly #play: Play;
  readonly #world: World;
  readonly #cpu: Backend;
  /** By how many observations it is asked about at a time. */
  readonly #actors = new Map<number, Promise<Actor>>();
  /** The step whose samples are there. */
  #played = -1;

  private constructor(
    model: ProgramModel,
    dataset: Dataset,
    own: Allocations,
    count: number,
    play: Play,
    world: World,
    cpu: Backend,
  ) {
    this.model = model;
    this.#dataset = dataset;
    this.#own = own;
    this.#count = count;
    this.#play = play;
    this.#world = world;
    this.#cpu = cpu;
  }

  /** @param own has the state of the model  @param count steps of the agent that a training step learns from
   *  @returns undefined where samples are there without anybody playing */
  static async open(
    model: ProgramModel,
    dataset: Dataset,
    own: Allocations,
    count: number,
  ): Promise<Experience | undefined> {
    const { environment } = dataset;
    const { play } = tasks[model.description.task.type];
    if (!environment || !play) return undefined;
    const [found, cpu] = await Promise.all([environmentOf(environment), openCpuBackend({ threads: 1 })]);
    return new Experience(model, dataset, own, count, play, found.open(model.description.training.map), cpu);
  }

  /** Plays what a training step learns from. */
  async play(step: number): Promise<void> {
    if (this.#played === step) return;
    const count = this.#count;
    const { train } = this.#dataset;
    const lanes = Math.max(1, Math.floor(count / this.#world.maxSteps));
    await this.#fill(train, { lanes, count, step, stream: STREAM.play, isTest: false });
    this.#own.resident.rewrite(train, count);
    this.#played = step;
  }

  /** Forgets what is there: the weights are others. */
  forget(): void {
    this.#played = -1;
  }

  /** Plays a test: as many episodes as there is room for, the same beginnings each time. */
  async test(): Promise<void> {
    const { test } = this.#dataset;
    const lanes = Math.max(1, Math.floor(test.count / this.#world.maxSteps));
    await this.#fill(test, { lanes, count: test.count, step: 0, stream: STREAM.trial, isTest: true });
    this.#own.resident.rewrite(test, test.count);
  }

  dispose(): void {
    this.#cpu.dispose();
  }

  async #fill(
    split: Split,
    how: {
      readonly lanes: number;
      readonly count: number;
      readonly step: number;
      readonly stream: number;
      readonly isTest: boolean;
    },
  ): Promise<void> {
    const { description, data } = this.model;
    const { config } = aboutOf(description, data);
    const actor = await this.#actorOf(how.lanes);
    const state = this.model.state.tensors.filter(({ name }) => actor.reads.includes(name));
    const read = state.map(async ({ name, node }) => [name, await this.#own.tensor(node).read()] as const);
    actor.learn(Object.fromEntries(await Promise.all(read)));
    const { seed } = description.training;
    const played = await playEpisodes({ world: this.#world, play: this.#play, config, actor, seed, ...how });
    write(split, played, this.#play.teach(played, config));
  }

  #actorOf(lanes: number): Promise<Actor> {
    const made = this.#actors.get(lanes) ?? Actor.open(this.model, lanes, this.#cpu);
    this.#actors.set(lanes, made);
    return made;
  }
}

/** Puts what was played into the columns of a split, from its first row on. */
function write({ columns }: Split, played: Playing, lesson: ReturnType<Play["teach"]>): void {
  const { observation, action, worth, advantage, episodes } = columns;
  const { count, observations, actions } = played;
  observation?.set(observations);
  worth?.set(lesson.worth);
  advantage?.set(lesson.advantage);
  if (!action || !episodes || !worth) return;
  const width = action.length / worth.length;
  action.fill(0, 0, count * width);
  for (let row = 0; row < count; row++) {
    action[row * width + (actions[row] ?? 0)] = 1;
    episodes.set(played.episodes, 2 * row);
  }
}
