/** Whether gradients are right: those by differentiation of the graph against central finite differences, in double precision, on the
 *  model as it is and some of its training samples. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { gradients } from "../ops/gradients";
import { sizeOf } from "../shape";
import { defineInquiry, type Subject, wholeSchema } from "./inquiry";
import { fillBatch, lossesOf, Side, sideGraph } from "./side";

/** How far a parameter is moved either way. */
export const STEP = 1e-5;
/** Gradients smaller than this are compared by their difference: two numbers that are both nearly zero have no ratio. */
const SMALLEST = 1e-6;

/** One parameter. */
export interface CheckedEntry {
  /** Its place among those of its variable. */
  readonly index: number;
  /** By the graph, and `(loss(w + h) - loss(w - h)) / 2h`. */
  readonly analytic: number;
  readonly numeric: number;
  /** `|analytic - numeric| / max(|analytic|, |numeric|, 1e-6)` */
  readonly error: number;
}

/** One variable of a network. */
export interface CheckedVariable {
  readonly network: string;
  /** As `dense/kernel`. */
  readonly name: string;
  readonly size: number;
  readonly checked: number;
  readonly worst: CheckedEntry;
}

export interface GradientCheck {
  readonly step: number;
  readonly samples: number;
  readonly loss: number;
  /** In the order of layers. */
  readonly variables: readonly CheckedVariable[];
}

interface Lesson {
  readonly network: string;
  readonly vector: Node;
  readonly loss: Node;
  readonly variables: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
    readonly gradient: Node;
  }[];
}

/** @param question `perVariable`: how many parameters of each variable are checked, evenly spread, all where there are fewer */
export const gradientCheck = defineInquiry({
  question: v.object({ samples: wholeSchema(1, 64), perVariable: wholeSchema(1, 10_000) }),
  answer: async (subject, { samples, perVariable }, flow): Promise<GradientCheck> => {
    const { snapshot } = subject;
    const side = sideGraph(subject, samples, true);
    const lessons = lessonsOf(subject, side);
    if (lessons.length === 0)
      throw new ArgumentError("Gradients: expected a model that learns, got none. Thaw a layer.");
    const outputs = lessons.flatMap(({ loss, variables }) => [loss, ...variables.map(({ gradient }) => gradient)]);
    const all = await Side.open(
      subject,
      { outputs: [...new Set(outputs)] },
      side.columns.values(),
      createCpuBackend("float64"),
    );
    // Without its gradients a loss is a third of the work.
    const only = await Side.open(
      subject,
      { outputs: [...new Set(lessons.map(({ loss }) => loss))] },
      side.columns.values(),
      createCpuBackend("float64"),
    );
    try {
      fillBatch(subject, all, side.columns, samples);
      fillBatch(subject, only, side.columns, samples);
      all.run();
      const chosen = lessons.map(({ variables }) => variables.map(({ size }) => spread(size, perVariable)));
      const total = chosen.flat().reduce((sum, places) => sum + places.length, 0);
      const found: CheckedVariable[] = [];
      let [done, loss] = [0, NaN];
      for (const [i, lesson] of lessons.entries()) {
        const weights = snapshot.tensors[`${lesson.network}/trained`] ?? [];
        const lossAt = async (at: number, value: number): Promise<number> => {
          only.write(lesson.vector, Float64Array.of(value), at);
          only.run();
          return (await only.read(lesson.loss))[0] ?? NaN;
        };
        loss = (await all.read(lesson.loss))[0] ?? NaN;
        for (const [k, { name, offset, size, gradient }] of lesson.variables.entries()) {
          const analytics = await all.read(gradient);
          let worst: CheckedEntry | undefined;
          const places = chosen[i]?.[k] ?? [];
          for (const index of places) {
            const [at, weight] = [offset + index, weights[offset + index] ?? 0];
            const [above, below] = [await lossAt(at, weight + STEP), await lossAt(at, weight - STEP)];
            only.write(lesson.vector, Float64Array.of(weight), at);
            const entry = compared(index, analytics[index] ?? NaN, (above - below) / (2 * STEP));
            if (!worst || !(entry.error <= worst.error)) worst = entry;
            await flow.pause(++done, total);
          }
          if (worst) found.push({ network: lesson.network, name, size, checked: places.length, worst });
        }
      }
      return { step: snapshot.step, samples, loss, variables: found };
    } finally {
      all.dispose();
      only.dispose();
    }
  },
});

function compared(index: number, analytic: number, numeric: number): CheckedEntry {
  const size = Math.max(Math.abs(analytic), Math.abs(numeric), SMALLEST);
  return { index, analytic, numeric, error: Math.abs(analytic - numeric) / size };
}

/** Places evenly spread over so many, none twice. */
function spread(size: number, most: number): number[] {
  const count = Math.min(size, most);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
}

function lessonsOf(subject: Subject, side: ReturnType<typeof sideGraph>): Lesson[] {
  const lossFor = lossesOf(subject, side);
  return Object.entries(subject.model.state.networks).flatMap(([network, own]): Lesson[] => {
    const trained = side.networks[network]?.variables.filter(({ entry }) => entry.role === "trained") ?? [];
    const loss = lossFor((name) => name === network);
    if (!loss || !own.trained || trained.length === 0) return [];
    const nodes = gradients(
      loss,
      trained.map(({ node }) => node),
    );
    const variables = trained.flatMap(({ entry }, i) => {
      const gradient = nodes[i];
      return gradient ? [{ name: entry.name, offset: entry.offset, size: sizeOf(entry.spec.shape), gradient }] : [];
    });
    return [{ network, vector: own.trained, loss, variables }];
  });
}
