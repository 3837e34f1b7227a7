/** The world of cells. */
import { ArgumentError } from "../errors";
import type { EnvironmentDef, Mark, World } from "./environment";
import { isGridMap, MAP_SIDE as SIDE } from "./gridMap";

/** What a step earns that leads nowhere in particular. */
const STEP_REWARD = -0.04;
const MAX_STEPS = 50;

/** The rows of its own map: `S` where tests begin, `G` the goal, `x` a pit, `#` a wall, `.` free. */
const MAP = [
  "S...#...", //
  ".##.#.#.",
  ".#....#.",
  ".#.##.#.",
  "...#..x.",
  ".#.#.##.",
  ".#...x..",
  ".##.#..G",
].join("");

/** Up, right, down, left: how row and column change. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

/** Where a move leads; against walls and edges it leads nowhere. */
function moved(map: string, cell: number, action: number): number {
  const [down, right] = MOVES[action] ?? [0, 0];
  const row = Math.floor(cell / SIDE) + down;
  const column = (cell % SIDE) + right;
  const isInside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
  const next = row * SIDE + column;
  return isInside && map[next] !== "#" ? next : cell;
}

/** State: the number of a cell. Observation: 1 for the cell where the agent is, 0 for all others, so that a single dense layer without
 *  bias is a table of values. Reaching the goal earns 1 and a pit costs 1, and both end the episode; every other step costs 0.04, so that
 *  short ways are better ones. While it trains, the agent starts anywhere ("exploring starts"), so that every cell is visited.
 *  Source: Russell and Norvig, "Artificial intelligence: a modern approach", figure 17.1, without its chance; Sutton and Barto,
 *  "Reinforcement learning", 2018, section 5.3 for the starts. */
function worldOf(map: string): World {
  const cells = [...map];
  const free = [...cells.keys()].filter((cell) => map[cell] === "." || map[cell] === "S");
  const start = Math.max(0, map.indexOf("S"));
  const ground = cells.map((kind, cell): Mark => {
    const tone = kind === "#" ? "body" : kind === "x" ? "bad" : kind === "G" ? "good" : "ground";
    return { kind: "box", x: (cell % SIDE) + 0.03, y: Math.floor(cell / SIDE) + 0.03, width: 0.94, height: 0.94, tone };
  });
  return {
    maxSteps: MAX_STEPS,
    pace: 6,
    grid: {
      columns: SIDE,
      cells: cells.map((kind) => (kind === "#" ? "wall" : kind === "x" ? "bad" : kind === "G" ? "good" : "free")),
      moves: MOVES.map(([down, across]) => [across, down] as const),
    },
    reset: (dice, isTest) => [isTest ? start : (free[Math.floor(dice() * free.length)] ?? start)],
    step: ([cell = start], action) => {
      const next = moved(map, cell, action);
      const kind = map[next];
      const reward = kind === "G" ? 1 : kind === "x" ? -1 : STEP_REWARD;
      return { state: [next], reward, isOver: kind === "G" || kind === "x" };
    },
    observe: ([at]) => cells.map((_, cell) => (cell === at ? 1 : 0)),
    picture: ([cell = start]) => ({
      width: SIDE,
      height: SIDE,
      marks: [
        ...ground,
        { kind: "disc", x: (cell % SIDE) + 0.5, y: Math.floor(cell / SIDE) + 0.5, radius: 0.28, tone: "accent" },
      ],
    }),
  };
}

export const gridWorld: EnvironmentDef = {
  map: MAP,
  open: (map = MAP) => {
    if (!isGridMap(map))
      throw new ArgumentError(
        `Grid world: expected ${SIDE} times ${SIDE} cells with a start and a goal, got "${map}".`,
      );
    return worldOf(map);
  },
};
