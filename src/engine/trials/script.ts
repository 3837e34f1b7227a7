/** A search as a Python script around the Keras export of its model, for many machines at once: the same settings, ranges and strategy,
 *  with Optuna keeping the trials where all machines find them. */
import { kerasOptimizer } from "../io/keras/compile";
import { allBlocks, blockNames } from "../model/blocks";
import type { ModelDescription } from "../model/description";
import { optimizers, type OptimizerType } from "../optim/optimizers";
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

/** Of plain data whose texts are identifiers. */
const python = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/\btrue\b/g, "True")
    .replaceAll(/\bfalse\b/g, "False")
    .replaceAll(/\bnull\b/g, "None");

/** How Optuna draws from a range. */
function drawn(name: string, range: Range): string {
  if (range.kind === "choice") {
    return `trial.suggest_categorical(${name}, [${range.options.map(python).join(", ")}])`;
  }
  const { low, high, isWhole, kind } = range;
  const log = kind === "log" ? ", log=True" : "";
  return `trial.suggest_${isWhole ? "int" : "float"}(${name}, ${low}, ${high}${log})`;
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
  model: ModelDescription,
  dimensions: readonly Dimension[],
  strategy: Strategy,
  trials: number,
): SearchScript | null {
  if (Object.keys(model.networks).length !== 1) return null;
  const places = dimensions.map((own) => ({ ...own, place: placeOf(model, own.key) }));
  const found = places.flatMap(({ place, ...own }) => (place ? [{ ...own, place }] : []));
  const nameOf = (place: readonly string[]): string => JSON.stringify(place.join("/"));
  const draws = found.map(({ place, range }) => `        ${nameOf(place)}: ${drawn(nameOf(place), range)},`);
  const grid = found.map(({ place, range }) => `    ${nameOf(place)}: [${onGrid(range).map(python).join(", ")}],`);
  const sampler = { grid: "optuna.samplers.GridSampler(GRID)", random: "optuna.samplers.RandomSampler()" };
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
  const text = `"""The search around ${model.name.replaceAll('"', "'").replaceAll("\\", "")}, for as many machines as there are.

Beside it belongs model.keras: the model exported for Keras. Needs keras with a backend, optuna and numpy. Run on every machine,
with the journal in a folder that all of them see:

    python search.py --journal /shared/search.log --data data.npz

data.npz holds x_train, y_train, x_val and y_val, as the model reads them. Without it the images of Keras's own data set of the
same name are taken, where there is one.
"""
import argparse
import copy

import keras
import numpy as np
import optuna

TRIALS = ${trials}
BATCH_SIZE = ${model.training.batchSize}
EPOCHS = ${model.training.epochs}
SEED = ${model.training.seed}
DATASET = ${python(model.dataset)}
OPTIMIZERS = {
${classes.join("\n")}
}
GRID = {
${grid.join("\n")}
}


def values_of(trial):
    """The values of one trial. Names say where they belong: layer/name/setting, optimizer/setting, fit/setting."""
    return {
${draws.join("\n")}
    }


def build(base, values):
    """The exported model with these values, from new weights."""
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


class Prune(keras.callbacks.Callback):
    """Tells the loss after each epoch, and stops what the others leave behind."""

    def __init__(self, trial):
        super().__init__()
        self.trial = trial

    def on_epoch_end(self, epoch, logs=None):
        self.trial.report(logs["val_loss"], epoch + 1)
        if self.trial.should_prune():
            raise optuna.TrialPruned(f"after epoch {epoch + 1}: loss {logs['val_loss']:.4f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    parser.add_argument("--journal", default="search.log")
    parser.add_argument("--trials", type=int, default=TRIALS)
    options = parser.parse_args()
    x_train, y_train, x_val, y_val = load(options.data)
    base = keras.saving.load_model("model.keras")
    if base.loss == "categorical_crossentropy" and y_train.ndim == 1:
        y_train, y_val = (keras.utils.to_categorical(y, base.output_shape[-1]) for y in (y_train, y_val))

    def objective(trial):
        keras.utils.set_random_seed(SEED)
        values = values_of(trial)
        history = build(base, values).fit(
            x_train,
            y_train,
            batch_size=values.get("fit/batch_size", BATCH_SIZE),
            epochs=values.get("fit/epochs", EPOCHS),
            validation_data=(x_val, y_val),
            callbacks=[Prune(trial)],
            verbose=0,
        )
        return min(history.history["val_loss"])

    backend = optuna.storages.journal.JournalFileBackend(options.journal)
    study = optuna.create_study(
        study_name="descent",
        storage=optuna.storages.JournalStorage(backend),
        sampler=${sampler[strategy === "grid" ? "grid" : "random"]},
        pruner=${strategy === "halving" ? "optuna.pruners.SuccessiveHalvingPruner(reduction_factor=3)" : "optuna.pruners.MedianPruner(n_startup_trials=4)"},
        direction="minimize",
        load_if_exists=True,
    )
    enough = optuna.study.MaxTrialsCallback(options.trials, states=None)
    study.optimize(objective, callbacks=[enough])
    print(f"best loss {study.best_value:.4f} of {len(study.trials)} trials:")
    for name, value in study.best_params.items():
        print(f"  {name} = {value}")


if __name__ == "__main__":
    main()
`;
  return { text, leftOut: places.filter(({ place }) => place === null).map(({ key }) => key) };
}
