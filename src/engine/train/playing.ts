/** Playing: episodes of an agent, several beside each other, as rows that it can learn from. */
import type { State, World } from "../environments";
import type { ConfigOf, Fields } from "../fields";
import type { Play, Played } from "../tasks/play";
import { uniform } from "../random";
import type { Actor } from "./actor";

/** How to play. */
export interface PlayOptions {
  readonly world: World;
  readonly play: Play;
  readonly config: ConfigOf<Fields>;
  readonly actor: Actor;
  /** Episodes beside each other, as many as the actor is asked about at a time. */
  readonly lanes: number;
  /** Rows in all: steps of the first lanes, and so on, until there are so many. */
  readonly count: number;
  /** What chance follows from. */
  readonly seed: number;
  readonly step: number;
  readonly stream: number;
  /** Whether the agent is tried: it does as well as it can, and only the first episode of each lane counts. */
  readonly isTest: boolean;
}

/** What was played. */
export interface Playing extends Played {
  /** `[count, numbers seen]` */
  readonly observations: Float32Array;
  /** Of the episodes that came to an end: mean return and length. Of those under way, where none did. */
  readonly episodes: readonly [meanReturn: number, meanLength: number];
}

interface Lane {
  state: State;
  reward: number;
  steps: number;
}

/** Plays until there are `count` rows. Rows of all lanes lie beside each other, step by step. */
export async function playEpisodes({
  world,
  play,
  config,
  actor,
  lanes: width,
  count,
  isTest,
  ...chance
}: PlayOptions): Promise<Playing> {
  let draws = 0;
  const dice = (): number => uniform(chance.seed, chance.step, chance.stream, draws++);
  const begin = (): Lane => ({ state: world.reset(dice, isTest), reward: 0, steps: 0 });
  const lanes = Array.from({ length: width }, begin);
  const seen = world.observe(lanes[0]?.state ?? []).length;
  const steps = Math.ceil(count / width);
  const observations = new Float32Array(steps * width * seen);
  const rewards = new Float32Array(count);
  const actions = new Uint8Array(count);
  const next = new Int32Array(count).fill(-1);
  const shown = Object.entries(actor.widths).map(([name, numbers]) => {
    return { name, numbers, values: new Float32Array(steps * width * numbers) };
  });
  const ended: { readonly lane: number; readonly reward: number; readonly steps: number }[] = [];
  const cut: { readonly row: number; readonly seen: readonly number[] }[] = [];
  for (let step = 0; step < steps; step++) {
    const from = step * width;
    for (const [n, { state }] of lanes.entries()) observations.set(world.observe(state), (from + n) * seen);
    const answers = await actor.ask(observations.subarray(from * seen, (from + width) * seen));
    for (const { name, numbers, values } of shown) values.set(answers[name] ?? [], from * numbers);
    for (const [n, lane] of lanes.entries()) {
      const row = from + n;
      if (row >= count) break;
      const told = shown.map(({ name, numbers, values }) => {
        return [name, values.subarray(row * numbers, (row + 1) * numbers)] as const;
      });
      const action = play.act(Object.fromEntries(told), config, dice, isTest);
      const { state, reward, isOver } = world.step(lane.state, action);
      actions[row] = action;
      rewards[row] = reward;
      lane.state = state;
      lane.reward += reward;
      lane.steps++;
      const isCut = !isOver && lane.steps >= world.maxSteps;
      if (isCut || (!isOver && row + width >= count)) cut.push({ row, seen: world.observe(state) });
      else if (!isOver) next[row] = row + width;
      if (!isOver && !isCut) continue;
      ended.push({ lane: n, reward: lane.reward, steps: lane.steps });
      lanes[n] = begin();
    }
  }
  const tails = await tailsOf(actor, cut, width, seen);
  for (const [i, { row }] of cut.entries()) next[row] = count + i;
  const counted = isTest ? ended.filter(({ lane }, i) => ended.findIndex((other) => other.lane === lane) === i) : ended;
  return {
    count,
    observations: observations.subarray(0, count * seen),
    rewards,
    actions,
    next,
    shown: Object.fromEntries(
      shown.map(({ name, numbers, values }) => {
        const all = new Float32Array((count + cut.length) * numbers);
        all.set(values.subarray(0, count * numbers));
        all.set(tails[name]?.subarray(0, cut.length * numbers) ?? [], count * numbers);
        return [name, all];
      }),
    ),
    episodes: meanOf(counted.length > 0 ? counted : lanes),
  };
}

/** What is shown of observations where nobody acted any more, as many at a time as there are lanes. */
async function tailsOf(
  actor: Actor,
  cut: readonly { readonly seen: readonly number[] }[],
  width: number,
  seen: number,
): Promise<Readonly<Record<string, Float32Array>>> {
  const batches = Math.ceil(cut.length / width);
  const tails = Object.fromEntries(
    Object.entries(actor.widths).map(([name, numbers]) => [name, new Float32Array(batches * width * numbers)]),
  );
  for (let batch = 0; batch < batches; batch++) {
    const asked = new Float32Array(width * seen);
    for (const [i, each] of cut.slice(batch * width, (batch + 1) * width).entries()) asked.set(each.seen, i * seen);
    for (const [name, values] of Object.entries(await actor.ask(asked))) {
      tails[name]?.set(values, batch * values.length);
    }
  }
  return tails;
}

function meanOf(episodes: readonly Omit<Lane, "state">[]): readonly [number, number] {
  const total = (of: (episode: Omit<Lane, "state">) => number): number =>
    episodes.reduce((sum, episode) => sum + of(episode), 0) / episodes.length;
  return [total(({ reward }) => reward), total(({ steps }) => steps)];
}
