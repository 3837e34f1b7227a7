/** The cart and its pole. */
import type { EnvironmentDef, World } from "./environment";

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const MASS = CART_MASS + POLE_MASS;
/** Half of the pole's length, in metres. */
const HALF_POLE = 0.5;
const FORCE = 10;
/** Seconds in a step. */
const STEP = 0.02;
/** Metres from the middle, and radians from upright, beyond which an episode is over. */
const MAX_AWAY = 2.4;
const MAX_TILT = (12 * Math.PI) / 180;
/** How far each number of the state is from 0 at most where an episode begins. */
const START = 0.05;

/** State and observation: the cart's position in m and speed in m/s, the pole's angle from upright in rad and its speed in rad/s, both
 *  positive to the right. Actions: 10 N to the left, or to the right, for 0.02 s, by Euler's method. Each step earns 1, the one that ends
 *  the episode too.
 *  Source: Barto, Sutton and Anderson 1983, "Neuronlike adaptive elements that can solve difficult learning control problems", appendix,
 *  without friction; limits, start and 500 steps as in Gymnasium's CartPole-v1. */
const world: World = {
  maxSteps: 500,
  pace: 1 / STEP,
  reset: (dice) => Array.from({ length: 4 }, () => START * (2 * dice() - 1)),
  step: ([x = 0, speed = 0, angle = 0, turning = 0], action) => {
    const force = action === 1 ? FORCE : -FORCE;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const push = (force + POLE_MASS * HALF_POLE * turning * turning * sin) / MASS;
    const angular = (GRAVITY * sin - cos * push) / (HALF_POLE * (4 / 3 - (POLE_MASS * cos * cos) / MASS));
    const along = push - (POLE_MASS * HALF_POLE * angular * cos) / MASS;
    const state = [x + STEP * speed, speed + STEP * along, angle + STEP * turning, turning + STEP * angular];
    const [away = 0, , tilt = 0] = state;
    return { state, reward: 1, isOver: Math.abs(away) > MAX_AWAY || Math.abs(tilt) > MAX_TILT };
  },
  observe: (state) => state,
  picture: ([x = 0, , angle = 0]) => {
    const at = MAX_AWAY + 0.4 + x;
    const [track, top] = [1.6, 1.4];
    return {
      width: 2 * (MAX_AWAY + 0.4),
      height: 1.9,
      marks: [
        { kind: "line", from: [0.4, track], to: [2 * MAX_AWAY + 0.4, track], width: 0.03, tone: "ground" },
        ...[-MAX_AWAY, MAX_AWAY].map((end) => {
          const place = MAX_AWAY + 0.4 + end;
          return {
            kind: "line",
            from: [place, track - 0.12],
            to: [place, track + 0.12],
            width: 0.04,
            tone: "bad",
          } as const;
        }),
        { kind: "box", x: at - 0.25, y: top, width: 0.5, height: 0.2, tone: "body" },
        {
          kind: "line",
          from: [at, top],
          to: [at + 2 * HALF_POLE * Math.sin(angle), top - 2 * HALF_POLE * Math.cos(angle)],
          width: 0.08,
          tone: "accent",
        },
        { kind: "disc", x: at, y: top, radius: 0.05, tone: "ground" },
      ],
    };
  },
};

export const cartPole: EnvironmentDef = { open: () => world };
