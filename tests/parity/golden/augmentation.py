# Makes augmentation.json: what Keras 3's augmentation layers make of two images, given the numbers that Descent draws.
# python -m venv X && X/bin/pip install keras jax numpy && KERAS_BACKEND=jax X/bin/python augmentation.py
import json
import numpy as np
import keras

SEED, STEP, STREAM = 5, 3, 77
MASK = 0xFFFFFFFF

# Keras's class, its settings, Descent's settings.
LAYERS = [
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": 0.2}, {"heightFactor": 0.3, "widthFactor": 0.2}),
    ("RandomRotation", {"factor": 0.2}, {"factor": 0.2}),
    ("RandomRotation", {"factor": 0.9, "fill_mode": "constant"}, {"factor": 0.9, "fillMode": "constant"}),
    ("RandomRotation", {"factor": 0.4, "fill_mode": "wrap"}, {"factor": 0.4, "fillMode": "wrap"}),
    ("RandomZoom", {"height_factor": 0.4}, {"heightFactor": 0.4}),
    (
        "RandomZoom",
        {"height_factor": 0.4, "width_factor": 0.6, "fill_mode": "nearest"},
        {"heightFactor": 0.4, "widthFactor": 0.6, "keepsAspect": False, "fillMode": "nearest"},
    ),
    # A single factor, which Keras describes as both, only makes images starker in 3.15.
    ("RandomContrast", {"factor": (0.6, 0.6), "value_range": (0, 1)}, {"factor": 0.6}),
]


def draw(index):
    """As src/engine/random.ts: pcg4d of Jarzynski and Olano 2020."""
    x, y, z, w = ((value * 1664525 + 1013904223) & MASK for value in (SEED, STEP, STREAM, index))
    for last in (False, True):
        x = (x + y * w) & MASK
        y = (y + z * x) & MASK
        z = (z + x * y) & MASK
        w = (w + y * z) & MASK
        if not last:
            x, y, z, w = (value ^ (value >> 16) for value in (x, y, z, w))
    return ((x ^ w) >> 8) / 2**24


def made(type, settings):
    layer = getattr(keras.layers, type)(**settings)
    drawn = 0

    def uniform(shape, minval=0.0, maxval=1.0, seed=None, dtype=None):
        nonlocal drawn
        count = int(np.prod(shape))
        values = np.array([draw(drawn + i) for i in range(count)], dtype="float32").reshape(shape)
        drawn += count
        return keras.ops.convert_to_tensor(minval + (maxval - minval) * values)

    layer.backend.random.uniform = uniform
    x = 0.5 + 0.5 * np.sin(np.arange(2 * 5 * 6 * 2) * 1.7 + 0.3).reshape(2, 5, 6, 2).astype("float32")
    y = np.asarray(layer(x, training=True), dtype="float64")
    return [float(f"{value:.7g}") for value in y.reshape(-1)]


cases = [{"type": type, "config": config, "y": made(type, settings)} for type, settings, config in LAYERS]
json.dump(cases, open(__file__.replace(".py", ".json"), "w"))
