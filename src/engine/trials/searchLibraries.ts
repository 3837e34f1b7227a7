/** The libraries that searches are written for, and what each does its own way: how it draws values, and how machines share trials. */
import { python } from "./python";
import type { Range, Strategy } from "./space";

/** A setting of a script. */
interface ScriptSetting {
  /** In quotes, as `"optimizer/learning_rate"`. */
  readonly name: string;
  readonly range: Range;
  readonly grid: readonly unknown[];
}

/** A library's part of a script. */
interface LibraryRecord {
  readonly title: string;
  readonly start: {
    /** What is needed, and how it is run. */
    readonly help: string;
    /** Beside the standard library's. */
    readonly imports: string;
  };
  /** What is drawn from. */
  space(settings: readonly ScriptSetting[], strategy: Strategy): string;
  /** From trials to the one that was best. */
  body(strategy: Strategy): string;
}

const gridOf = ({ grid }: ScriptSetting): string => `[${grid.map(python).join(", ")}]`;

function drawnByOptuna({ name, range }: ScriptSetting): string {
  if (range.kind === "choice") {
    return `trial.suggest_categorical(${name}, [${range.options.map(python).join(", ")}])`;
  }
  const { low, high, isWhole, kind } = range;
  const log = kind === "log" ? ", log=True" : "";
  return `trial.suggest_${isWhole ? "int" : "float"}(${name}, ${low}, ${high}${log})`;
}

/** Ray leaves the upper end of whole numbers out. */
function drawnByRay({ range }: ScriptSetting): string {
  if (range.kind === "choice") return `tune.choice([${range.options.map(python).join(", ")}])`;
  const { low, high, isWhole, kind } = range;
  const log = kind === "log" ? "log" : "";
  return isWhole ? `tune.${log}randint(${low}, ${high + 1})` : `tune.${log}uniform(${low}, ${high})`;
}

const optuna: LibraryRecord = {
  title: "Optuna",
  start: {
    help: `Needs keras with a backend, optuna and numpy. Run on every machine,
with the journal in a folder that all of them see:

    python search.py --journal /shared/search.log --data data.npz`,
    imports: `
import keras
import numpy as np
import optuna`,
  },
  space: (settings) => `GRID = {
${settings.map((setting) => `    ${setting.name}: ${gridOf(setting)},`).join("\n")}
}


def values_of(trial):
    """The values of one trial."""
    return {
${settings.map((setting) => `        ${setting.name}: ${drawnByOptuna(setting)},`).join("\n")}
    }
`,
  body: (strategy) => `
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
    arrays = load(options.data)
    base = keras.saving.load_model("model.keras")

    def objective(trial):
        return min(fit(base, values_of(trial), arrays, Prune(trial)))

    backend = optuna.storages.journal.JournalFileBackend(options.journal)
    study = optuna.create_study(
        study_name="descent",
        storage=optuna.storages.JournalStorage(backend),
        sampler=${strategy === "grid" ? "optuna.samplers.GridSampler(GRID)" : "optuna.samplers.RandomSampler()"},
        pruner=${
          strategy === "halving"
            ? "optuna.pruners.SuccessiveHalvingPruner(reduction_factor=3)"
            : "optuna.pruners.MedianPruner(n_startup_trials=4)"
        },
        direction="minimize",
        load_if_exists=True,
    )
    enough = optuna.study.MaxTrialsCallback(options.trials, states=None)
    study.optimize(objective, callbacks=[enough])
    print(f"best loss {study.best_value:.4f} of {len(study.trials)} trials:")
    for name, value in study.best_params.items():
        print(f"  {name} = {value}")
`,
};

const ray: LibraryRecord = {
  title: "Ray Tune",
  start: {
    help: `Needs keras with a backend, ray[tune] and numpy on every
machine. Run once, with the address of the cluster (ray start --head); without one all trials are this machine's:

    python search.py --address auto --data data.npz`,
    imports: `import pathlib
import tempfile

import keras
import numpy as np
import ray
from ray import tune`,
  },
  space: (settings, strategy) => `SPACE = {
${settings
  .map((setting) => {
    const drawn = strategy === "grid" ? `tune.grid_search(${gridOf(setting)})` : drawnByRay(setting);
    return `    ${setting.name}: ${drawn},`;
  })
  .join("\n")}
}
`,
  body: (strategy) => `
class Report(keras.callbacks.Callback):
    """Tells the loss after each epoch; what the others leave behind is stopped there."""

    def on_epoch_end(self, epoch, logs=None):
        tune.report({"val_loss": float(logs["val_loss"])})


def objective(values, arrays, model):
    """One trial, on whatever machine has room. The model comes as the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "model.keras")
        path.write_bytes(model)
        base = keras.saving.load_model(path)
    fit(base, values, arrays, Report())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    parser.add_argument("--address")
    parser.add_argument("--trials", type=int, default=TRIALS)
    parser.add_argument("--cpus", type=float, default=1, help="processors of a trial")
    parser.add_argument("--gpus", type=float, default=0, help="graphics cards of a trial")
    options = parser.parse_args()
    ray.init(address=options.address)
    arrays = load(options.data)
    model = pathlib.Path("model.keras").read_bytes()
    trial = tune.with_parameters(objective, arrays=arrays, model=model)
    tuner = tune.Tuner(
        tune.with_resources(trial, {"cpu": options.cpus, "gpu": options.gpus}),
        param_space=SPACE,
        tune_config=tune.TuneConfig(
            metric="val_loss",
            mode="min",
            num_samples=${strategy === "grid" ? "1" : "options.trials"},
            scheduler=${
              strategy === "halving"
                ? "tune.schedulers.ASHAScheduler(max_t=EPOCHS, grace_period=1, reduction_factor=3)"
                : 'tune.schedulers.MedianStoppingRule(time_attr="training_iteration", grace_period=1, min_samples_required=4)'
            },
        ),
    )
    results = tuner.fit()
    best = results.get_best_result(metric="val_loss", mode="min", scope="all")
    losses = best.metrics_dataframe["val_loss"]
    print(f"best loss {losses.min():.4f} of {len(results)} trials:")
    for name, value in best.config.items():
        print(f"  {name} = {value}")
`,
};

/** By the name that their script's file has. */
export const searchLibraries = { optuna, ray } as const satisfies Record<string, LibraryRecord>;

/** A library that a search can be written for. */
export type SearchLibrary = keyof typeof searchLibraries;
