/** An episode of an agent as it would be tried now: by the best it knows, from a beginning that is drawn. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { environmentOf } from "../environments";
import { ArgumentError } from "../errors";
import { aboutOf } from "../model/analyze";
import { STREAM, uniform } from "../random";
import { tasks } from "../tasks";
import { Actor } from "../train/actor";
import { defineInquiry, wholeSchema } from "./inquiry";

/** What happened, step by step. */
export interface Episode {
  /** The state before each step, and the last one. `[steps + 1, numbers]` */
  readonly states: readonly (readonly number[])[];
  readonly actions: readonly number[];
  readonly rewards: readonly number[];
}

/** Steps between two looks at whether somebody else waits. */
const CHUNK = 50;

/** @throws ArgumentError where the model does not act */
export const episode = defineInquiry({
  question: v.object({ draw: wholeSchema(0, 0xffffffff) }),
  answer: async ({ model, dataset, snapshot }, { draw }, { pause }): Promise<Episode> => {
    const { play } = tasks[model.description.task.type];
    if (!play || !dataset.environment) throw new ArgumentError("Episode: expected a model that acts, got another.");
    const world = (await environmentOf(dataset.environment)).open(model.description.training.map);
    const { config } = aboutOf(model.description, dataset);
    const cpu = createCpuBackend();
    const actor = await Actor.open(model, 1, cpu);
    try {
      actor.learn(snapshot.tensors);
      let draws = 0;
      const dice = (): number => uniform(draw, 0, STREAM.trial, draws++);
      const states = [world.reset(dice, true)];
      const [actions, rewards]: [number[], number[]] = [[], []];
      for (let isOver = false; !isOver && actions.length < world.maxSteps;) {
        const state = states.at(-1) ?? [];
        const action = play.act(await actor.ask(Float32Array.from(world.observe(state))), config, dice, true);
        const outcome = world.step(state, action);
        states.push(outcome.state);
        actions.push(action);
        rewards.push(outcome.reward);
        isOver = outcome.isOver;
        if (actions.length % CHUNK === 0) await pause(actions.length, world.maxSteps);
      }
      return { states, actions, rewards };
    } finally {
      actor.dispose();
      cpu.dispose();
    }
  },
});
