"""Trains the model on with Keras 3, on whatever backend KERAS_BACKEND says: python train_keras.py

Needs keras, numpy, and jax, tensorflow or torch. train_jax.py does the same on several devices.
"""
import argparse
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

import pipeline as page


def compiled(model):
    """Gives a model the page's optimizer and loss, and has it train what the page trains."""
    for layer in model.layers:
        layer.trainable = layer.name not in page.settings["frozen"]
    made = page.settings["keras_optimizer"]
    made["config"]["learning_rate"] = float(made["config"]["learning_rate"])
    optimizer = keras.optimizers.deserialize(made)
    if made["class_name"] == "AdamW":
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "scale"])
    model.compile(optimizer=optimizer, loss=page.settings["loss"])
    return model


def load():
    """The model with its weights, ready to be trained."""
    return compiled(keras.models.load_model(page.HERE / "model.keras", compile=False))


def answers(model, which, rows=slice(None)):
    """What the model says of samples."""
    return np.asarray(model.predict(page.inputs(which, rows), batch_size=500, verbose=0))


def padded(array, length):
    """The same with its last row again and again, up to a length."""
    return np.concatenate([array, np.repeat(array[-1:], length - len(array), 0)]) if len(array) < length else array


def train(model, first=page.settings["step"], last=None, devices=1, after_epoch=lambda step, curve: None, curve=()):
    """Takes the steps from `first` to `last`. @returns pairs of a step and its loss"""
    last, curve = last or page.last_step(first), list(curve)
    for step, rows in page.batches(first, last):
        model.optimizer.learning_rate = page.learning_rate(step, last)
        counts = page.weights("train", rows)
        # Batches of one length compile once, and can be shared among devices; what is added does not count.
        length = -(-page.settings["batch_size"] // devices) * devices
        all_counts = np.zeros((length, *counts.shape[1:]), np.float32)
        all_counts[: len(rows)] = counts
        all_counts *= all_counts.size / counts.sum()
        x, wanted = padded(page.inputs("train", rows), length), padded(page.targets("train", rows), length)
        model.reset_metrics()
        curve.append((step, float(model.train_on_batch(x, wanted, sample_weight=all_counts, return_dict=True)["loss"])))
        if (step + 1) % page.steps_per_epoch == 0 or step + 1 == last:
            if len(page.rows_held_out):
                scores = page.score(answers(model, "train", page.rows_held_out), "train", page.rows_held_out)
                print(f"epoch {(step + 1) / page.steps_per_epoch:g}: validation {page.told(scores)}", flush=True)
            after_epoch(step + 1, curve)
    return curve


def main(devices=1):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, help="so many more, instead of the model's own")
    parser.add_argument("--resume", action="store_true", help="go on from checkpoint.keras")
    parser.add_argument("--curve", default="losses.csv", help="where the loss of every step goes")
    parser.add_argument("--devices", type=int, help="of train_jax.py: how many to share batches among")
    args = parser.parse_args()

    keras.utils.set_random_seed(page.settings["seed"])
    first, curve, kept = page.settings["step"], [], {}
    books = pathlib.Path("checkpoint.json")
    if args.resume:
        kept = json.loads(books.read_text())
        model, first, curve = keras.models.load_model("checkpoint.keras"), kept["step"], [tuple(pair) for pair in kept["curve"]]
    else:
        model = load()
    last = page.last_step(first, args.epochs) if args.epochs or not kept else max(first, kept["last"])
    print(f"{page.settings['name']}: steps {first} to {last}, {page.steps_per_epoch} an epoch, on {devices} x {keras.backend.backend()}")

    def keep(step, curve):
        model.save("checkpoint.keras")
        books.write_text(json.dumps({"step": step, "last": last, "curve": curve}))

    curve = train(model, first, last, devices, keep, curve) if last > first else curve
    print(f"test {page.told(page.score(answers(model, 'test'), 'test'))}")
    model.save("trained.keras")
    page.save_curve(args.curve, curve)
    print("trained.keras opens in the page: drop it there.")


if __name__ == "__main__":
    main()
