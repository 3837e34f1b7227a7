/** A search as a Python script around the Keras export of its model, for many machines at once: the same settings, ranges and strategy.
 *  What a library of searches does its own way is a record in `searchLibraries`. */
import { kerasOptimizer } from "../io/keras/compile";
import { allBlocks, blockNames } from "../model/blocks";
import type { ModelDescription } from "../model/description";
import { optimizers, type OptimizerType } from "../optim/optimizers";
import { python } from "./python";
import { type SearchLibrary, searchLibraries } from "./searchLibraries";
import type { Dimension, Range, Strategy } from "./space";

const snakeCase = (key: string): string =>
  key
    .replace(/([A-Z])/g, "_$1")
    .replace(/([a-z])(\d)/g, "$1_$2")
    .toLowerCase();

/** Where a setting is in Keras: of a layer, of the optimizer, or of `fit`; null where Keras has none. */
function placeOf(model: ModelDescription, key: string): readonly [string, ...string[]] | null {
  if (key === "training.batchSize") return ["fit", "batch_size"];
  if (key === "training.epochs") return ["fit", "epochs"];
  const [network = ""] = Object.keys(model.networks);
  if (key === `${network}.optimizer`) return ["optimizer"];
  if (key === `${network}.clipNorm`) return ["optimizer", "global_clipnorm"];
  const ofOptimizer = `${network}.optimizer.`;
  if (key.startsWith(ofOptimizer)) return ["optimizer", snakeCase(key.slice(ofOptimizer.length))];
  const names = blockNames(model.networks[network]?.blocks ?? []);
  for (const { block } of allBlocks(model)) {
    const own = `${network}/${block.id}.`;
    const name = names.get(block.id);
    if (!key.startsWith(own) || name === undefined) continue;
    const setting = key.slice(own.length);
    if (setting === "frozen" || /initializer|L[12]$/i.test(setting)) return null;
    return ["layer", name, snakeCase(setting)];
  }
  return null;
}

/** The values of a range on a grid. */
function onGrid(range: Range, levels = 3): readonly unknown[] {
  if (range.kind === "choice") return range.options;
  const { low, high, isWhole, kind } = range;
  return Array.from({ length: levels }, (_, i) => {
    const share = i / (levels - 1);
    const value = kind === "log" ? low * (high / low) ** share : low + (high - low) * share;
    return isWhole ? Math.round(value) : Number(value.toPrecision(4));
  });
}

/** What is written, and the keys of settings that Keras does not have. */
export interface SearchScript {
  readonly text: string;
  readonly leftOut: readonly string[];
}

/** The script; null for models of several networks, which Keras does not train by `fit`. @param trials how many in all */
export function searchScript(
  library: SearchLibrary,
  model: ModelDescription,
  dimensions: readonly Dimension[],
  strategy: Strategy,
  trials: number,
): SearchScript | null {
  if (Object.keys(model.networks).length !== 1) return null;
  const places = dimensions.map((own) => ({ ...own, place: placeOf(model, own.key) }));
  const found = places.flatMap(({ place, ...own }) => (place ? [{ ...own, place }] : []));
  const settings = found.map(({ place, range }) => ({ name: python(place.join("/")), range, grid: onGrid(range) }));
  const [learner] = Object.values(model.networks);
  const offered = new Set(
    found.flatMap(({ place, range }) =>
      place.length === 1 && place[0] === "optimizer" && range.kind === "choice" ? range.options : [],
    ),
  );
  const classes = Object.keys(optimizers).flatMap((type) =>
    learner && offered.has(type)
      ? [
          `    ${python(type)}: ${python(kerasOptimizer({ ...learner, optimizer: { type: type as OptimizerType, config: {} } }))},`,
        ]
      : [],
  );
  const { start, space, body } = searchLibraries[library];
  const text = `"""The search around ${model.name.replaceAll('"', "'").replaceAll("\\", "")}, for as many machines as there are.

Beside it belongs model.keras: the model exported for Keras. ${start.help}

data.npz holds x_train, y_train, x_val and y_val, as the model reads them. Without it the images of Keras's own data set of the
same name are taken, where there is one.
"""
import argparse
import copy
${start.imports}

TRIALS = ${trials}
BATCH_SIZE = ${model.training.batchSize}
EPOCHS = ${model.training.epochs}
SEED = ${model.training.seed}
DATASET = ${python(model.dataset)}
OPTIMIZERS = {
${classes.join("\n")}
}
${space(settings, strategy)}

def build(base, values):
    """The exported model with these values, from new weights. Names say where they belong: layer/name/setting, optimizer/setting,
    fit/setting."""
    config = base.get_config()
    for layer in config["layers"]:
        # The shapes are those of the exported model, which these values may change.
        layer.pop("build_config", None)
        for name, value in values.items():
            kind, *path = name.split("/")
            if kind == "layer" and path[0] == layer["config"]["name"]:
                layer["config"][path[1]] = value
    model = type(base).from_config(config)
    optimizer = keras.optimizers.serialize(base.optimizer)
    if "optimizer" in values:
        optimizer = copy.deepcopy(OPTIMIZERS[values["optimizer"]])
    for name, value in values.items():
        kind, *path = name.split("/")
        if kind == "optimizer" and path and path[0] in optimizer["config"]:
            optimizer["config"][path[0]] = value or None if path[0] == "global_clipnorm" else value
    model.compile(optimizer=keras.optimizers.deserialize(optimizer), loss=base.loss)
    return model


def load(path):
    """Training and validation arrays."""
    if path:
        arrays = np.load(path)
        return arrays["x_train"], arrays["y_train"], arrays["x_val"], arrays["y_val"]
    own = getattr(keras.datasets, DATASET, None)
    if own is None:
        raise SystemExit("--data: expected an .npz file with x_train, y_train, x_val and y_val, got none")
    (x, y), _ = own.load_data()
    x = x.astype("float32").reshape(*x.shape[:3], -1) / 255
    return x[:-5000], y[:-5000], x[-5000:], y[-5000:]


def fit(base, values, arrays, callback):
    """The losses of the validation data after each epoch with these values."""
    x_train, y_train, x_val, y_val = arrays
    if base.loss == "categorical_crossentropy" and y_train.ndim == 1:
        y_train, y_val = (keras.utils.to_categorical(y, base.output_shape[-1]) for y in (y_train, y_val))
    keras.utils.set_random_seed(SEED)
    history = build(base, values).fit(
        x_train,
        y_train,
        batch_size=values.get("fit/batch_size", BATCH_SIZE),
        epochs=values.get("fit/epochs", EPOCHS),
        validation_data=(x_val, y_val),
        callbacks=[callback],
        verbose=0,
    )
    return history.history["val_loss"]

${body(strategy)}

if __name__ == "__main__":
    main()
`;
  return { text, leftOut: places.filter(({ place }) => place === null).map(({ key }) => key) };
}
