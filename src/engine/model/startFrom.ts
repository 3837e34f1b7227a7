/** Beginning with weights of another model: which of them fit, by name and shape, and which do not and why. Pure. */
import type { ModelReport } from "./analyze/report";
import { sameShape, type Shape } from "../shape";

/** The value of a variable of a model to begin from. */
interface GivenWeight {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Weights to begin with, by name as a run has them: `dense_1/kernel`, after `network/` where there are several networks. */
export type StartWeights = Readonly<Record<string, GivenWeight>>;

/** What of a model begins with another's weights. */
export interface WeightMatch {
  /** Its variables that do, with what they are called there. */
  readonly taken: readonly { readonly name: string; readonly from: string; readonly weight: GivenWeight }[];
  /** Those that are drawn by the seed; `came` is the shape of what has their name there, null where nothing has. */
  readonly left: readonly { readonly name: string; readonly shape: Shape; readonly came: Shape | null }[];
  /** What is of no use there. */
  readonly unused: readonly string[];
}

/** The shapes of a model's variables by their names in the run, in the order of the layers. */
export function shapesOf({ networks }: Pick<ModelReport, "networks">): ReadonlyMap<string, Shape> {
  const names = Object.keys(networks);
  return new Map(
    names.flatMap((network) =>
      (networks[network]?.layers ?? []).flatMap(({ name, variables }) =>
        Object.entries(variables).map(([variable, { shape }]): [string, Shape] => [
          `${names.length > 1 ? `${network}/` : ""}${name}/${variable}`,
          shape,
        ]),
      ),
    ),
  );
}

/** Matches by name, and by the name without its network where only one of the models has several: a classifier takes an
 *  autoencoder's encoder, and the other way round. Nothing is taken twice, and nothing that is not a finite number. */
export function matchWeights(wanted: ReadonlyMap<string, Shape>, given: StartWeights): WeightMatch {
  const unused = new Set(Object.keys(given));
  const taken: { name: string; from: string; weight: GivenWeight }[] = [];
  const left: { name: string; shape: Shape; came: Shape | null }[] = [];
  for (const [name, shape] of wanted) {
    const namesakes = namesakesOf(name, unused);
    const from = namesakes.find((key) => {
      const found = given[key];
      return found !== undefined && sameShape(found.shape, shape) && found.data.every(Number.isFinite);
    });
    const weight = from === undefined ? undefined : given[from];
    if (from !== undefined && weight) {
      taken.push({ name, from, weight });
      unused.delete(from);
    } else {
      left.push({ name, shape, came: given[namesakes[0] ?? ""]?.shape ?? null });
    }
  }
  return { taken, left, unused: [...unused] };
}

function namesakesOf(name: string, given: ReadonlySet<string>): readonly string[] {
  if (given.has(name)) return [name];
  const bare = name.slice(name.indexOf("/") + 1);
  const isOfNetwork = bare.includes("/");
  return [...given].filter((key) => key.endsWith(`/${name}`) || (isOfNetwork && key === bare));
}
