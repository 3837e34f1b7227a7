"""What the training scripts share, as the page has it: the data, their split and their order, the learning rate, loss and metrics.

Needs numpy alone. Everything random that is done here follows from the seed in settings.json, by the page's own generator: the same
samples are held out and the same samples are in each batch. Dropout, noise and augmentation draw what the library draws.
"""
import json
import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
settings = json.loads((HERE / "settings.json").read_text())
data = dict(np.load(HERE / "data.npz"))
SHUFFLE, SPLIT = 0x5EED0001, 0x5EED0002
EPSILON = 1e-7
text = settings["text"]
unit = settings["unit"] or {"mean": 0, "deviation": 1}


def hash4(seed, step, stream, index):
    """pcg4d of Jarzynski and Olano 2020: 32 mixed bits for each index."""
    with np.errstate(over="ignore"):
        x, y, z, w = (np.asarray(value).astype(np.uint32) * np.uint32(1664525) + np.uint32(1013904223) for value in (seed, step, stream, index))
        for turn in range(2):
            x = x + y * w
            y = y + z * x
            z = z + x * y
            w = w + y * z
            if turn == 0:
                x, y, z, w = (value ^ (value >> np.uint32(16)) for value in (x, y, z, w))
    return x ^ w


def permutation(count, seed, step, stream):
    """Fisher and Yates."""
    index = np.arange(count, dtype=np.uint32)
    places = np.floor((hash4(seed, step, stream, index) >> np.uint32(8)) / 2.0**24 * (index + 1.0)).astype(np.int64).tolist()
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = places[i]
        order[i], order[j] = order[j], order[i]
    return np.array(order)


def split():
    """Rows that are trained on, and those held out."""
    count, held, most = len(data["train_input"]), settings["validation_count"], settings["samples"] or None
    rows = permutation(count, settings["seed"], 0, SPLIT)
    return rows[held:][:most], rows[:held]


rows_to_train, rows_held_out = split()
steps_per_epoch = math.ceil(len(rows_to_train) / settings["batch_size"])


def order(epoch):
    """All rows of an epoch. The first begins with a quarter of each of the parts in which the page fetches the data."""
    drawn = rows_to_train[permutation(len(rows_to_train), settings["seed"], epoch, SHUFFLE)]
    if epoch > 0:
        return drawn
    early, start = [], 0
    for end in settings["bounds"][:-1]:
        part = drawn[(drawn >= start) & (drawn < end)]
        early.append(part[: math.ceil(len(part) / 4)])
        start = end
    if not early:
        return drawn
    early = np.concatenate(early)
    return np.concatenate([early, drawn[~np.isin(drawn, early)]])


def batches(first, last):
    """The rows of each step, from `first` up to but not with `last`."""
    epoch, rows = -1, None
    for step in range(first, last):
        if step // steps_per_epoch != epoch:
            epoch = step // steps_per_epoch
            rows = order(epoch)
        at = step % steps_per_epoch * settings["batch_size"]
        yield step, rows[at : at + settings["batch_size"]]


def last_step(first, epochs=None):
    """Where training ends: after the model's epochs, or after so many more where those are over or `epochs` says so."""
    total = settings["epochs"] * steps_per_epoch
    return first + (epochs or settings["epochs"]) * steps_per_epoch if epochs or first >= total else total


def learning_rate(step, total):
    """Of a step, counted from 0."""
    schedule, base = settings["schedule"], settings["optimizer"]["learning_rate"]
    if schedule["type"] == "step":
        return base * schedule["factor"] ** (step // (steps_per_epoch * schedule["every_epochs"]))
    if schedule["type"] == "exponential":
        return base * schedule["factor"] ** (step / (steps_per_epoch * schedule["every_epochs"]))
    if schedule["type"] == "cosine":
        warmup = min(schedule["warmup_epochs"] * steps_per_epoch, total)
        if step < warmup:
            return base * (step + 1) / (warmup + 1)
        done = min(1, (step - warmup) / max(1, total - warmup))
        return base * (schedule["floor"] + (1 - schedule["floor"]) * 0.5 * (1 + math.cos(math.pi * done)))
    return base


def inputs(which, rows=slice(None)):
    """What the network reads. @which train or test"""
    values = data[f"{which}_input"][rows]
    if text:
        return values[:, :-1].astype(np.int64)
    return values.astype(np.int64) if settings["reads_indices"] else values.astype(np.float32) * np.float32(settings["scale"])


def targets(which, rows=slice(None)):
    """What its answer is held against, in the form that the loss wants."""
    if text:
        return data[f"{which}_input"][rows][:, 1:].astype(np.int64)
    values = data[f"{which}_target"][rows]
    shape = settings["output_shape"]
    if not settings["classes"]:
        return values.astype(np.float32).reshape(-1, *shape)
    if settings["loss"] == "sparse_categorical_crossentropy":
        return values.astype(np.int64).reshape(-1)
    if shape == [1]:
        return values.astype(np.float32).reshape(-1, 1)
    return np.eye(settings["classes"], dtype=np.float32)[values.reshape(-1)]


def weights(which, rows=slice(None)):
    """How much each answer counts: 1, and 0 for tokens that fill up, or that are a question."""
    if not text:
        return np.ones(len(data[f"{which}_input"][rows]), np.float32)
    tokens = data[f"{which}_input"][rows][:, 1:]
    counts = np.ones(tokens.shape, np.float32) if text["padding"] is None else (tokens != text["padding"]).astype(np.float32)
    counts[:, : text["question"] - 1] = 0
    return counts


def loss_of(outputs, wanted):
    """Of each answer, without penalties."""
    outputs = outputs.astype(np.float64)
    if settings["loss"] == "mean_squared_error":
        return ((outputs - wanted) ** 2).reshape(len(outputs), -1).mean(-1)
    if settings["loss"] == "mean_absolute_error":
        return np.abs(outputs - wanted).reshape(len(outputs), -1).mean(-1)
    if settings["loss"] == "binary_crossentropy":
        p = np.clip(outputs, EPSILON, 1 - EPSILON)
        return -(wanted * np.log(p) + (1 - wanted) * np.log(1 - p)).reshape(len(p), -1).mean(-1)
    p = np.clip(outputs / outputs.sum(-1, keepdims=True), EPSILON, 1 - EPSILON)
    if settings["loss"] == "sparse_categorical_crossentropy":
        return -np.log(np.take_along_axis(p, wanted[..., None], -1)[..., 0])
    return -(wanted * np.log(p)).sum(-1)


def score(outputs, which, rows=slice(None)):
    """Loss and metrics of a network's answers to samples, as the page tells them."""
    wanted, counts = targets(which, rows), weights(which, rows)
    loss = float((loss_of(outputs, wanted) * counts).sum() / counts.sum())
    if text:
        return {"loss": loss, **scores_of_tokens(outputs, wanted, counts, loss)}
    if settings["classes"]:
        return {"loss": loss, **scores_of_classes(outputs, data[f"{which}_target"][rows].reshape(-1).astype(np.int64))}
    off = (outputs - wanted) * unit["deviation"]
    told = {"loss": loss, "mean_absolute_error": float(np.abs(off).mean())}
    if off[0].size == 1:
        around = (wanted - wanted.mean()) * unit["deviation"]
        told["r2"] = float(1 - (off**2).sum() / (around**2).sum())
    return told


def among_likeliest(outputs, labels):
    """Whether the right class is among the five likeliest; one as likely counts for it."""
    own = np.take_along_axis(outputs, labels[..., None], -1)
    return (outputs > own).sum(-1) < 5


def scores_of_tokens(outputs, wanted, counts, loss):
    is_right = outputs.argmax(-1) == wanted
    told = {"accuracy": float((is_right * counts).sum() / counts.sum())}
    if text["is_answer"]:
        return {**told, "whole_answers": float((is_right | (counts == 0)).all(-1).mean())}
    if outputs.shape[-1] > 5:
        told["top_5_accuracy"] = float((among_likeliest(outputs, wanted) * counts).sum() / counts.sum())
    return {**told, "perplexity": math.exp(loss), "bits_per_character": loss / math.log(2)}


def scores_of_classes(outputs, labels):
    """Each class counts alike in the macro means, and a share of nothing is 0."""
    said = (outputs[:, 0] > 0.5).astype(np.int64) if outputs.shape[-1] == 1 else outputs.argmax(-1)
    told = {"accuracy": float((said == labels).mean())}
    if outputs.shape[-1] > 5:
        told["top_5_accuracy"] = float(among_likeliest(outputs, labels).mean())
    count = settings["classes"]
    right, taken, there = (np.bincount(of, minlength=count) for of in (labels[said == labels], said, labels))
    for name, part, whole in (("f1", 2 * right, taken + there), ("precision", right, taken), ("recall", right, there)):
        told[f"macro_{name}"] = float((part / np.maximum(whole, 1)).mean())
    return told


def told(scores):
    return ", ".join(f"{name} {value:.4f}" for name, value in scores.items())


def save_curve(path, curve):
    """Step and loss, a line each."""
    pathlib.Path(path).write_text("step,loss\n" + "".join(f"{step},{loss:.9g}\n" for step, loss in curve))
