# Makes batchNormalization.json: a small net with BatchNormalization in Keras 3, trained for 20 steps.
# python -m venv X && X/bin/pip install keras jax numpy && KERAS_BACKEND=jax X/bin/python batchNormalization.py
import json
import numpy as np
import keras

N, BATCH, STEPS = 18, 5, 20  # The last batch of an epoch has three samples.


def wave(*shape, phase):
    flat = np.sin(np.arange(np.prod(shape)) * 1.7 + phase)
    return flat.reshape(shape).astype("float32")


x, y = 2 * wave(N, 3, phase=0.3) + 0.5, wave(N, 2, phase=1.1)
model = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Dense(4, name="dense"),
        keras.layers.BatchNormalization(momentum=0.9, name="batch_normalization"),
        keras.layers.Activation("tanh"),
        keras.layers.Dense(2, name="dense_1"),
    ]
)
model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
start = [wave(3, 4, phase=2), wave(4, phase=3), wave(4, phase=4) + 1.5, wave(4, phase=5)]
start += [0.1 * wave(4, phase=6), 1 + 0.1 * wave(4, phase=7), wave(4, 2, phase=8), wave(2, phase=9)]
kernel, bias, gamma, beta, mean, variance, kernel1, bias1 = start
model.get_layer("dense").set_weights([kernel, bias])
model.get_layer("batch_normalization").set_weights([gamma, beta, mean, variance])
model.get_layer("dense_1").set_weights([kernel1, bias1])
losses = []
for step in range(STEPS):
    first = (step * BATCH) % 20  # Four batches an epoch: 5, 5, 5 and 3.
    losses.append(float(model.train_on_batch(x[first : first + BATCH], y[first : first + BATCH])))
names = ["dense/kernel", "dense/bias", "batch_normalization/gamma", "batch_normalization/beta"]
names += ["batch_normalization/movingMean", "batch_normalization/movingVariance", "dense_1/kernel", "dense_1/bias"]
end = [w for layer in ("dense", "batch_normalization", "dense_1") for w in model.get_layer(layer).get_weights()]
scored = float(model.evaluate(x, y, batch_size=N, verbose=0))
flat = lambda arrays: {name: np.asarray(a).reshape(-1).astype(float).tolist() for name, a in zip(names, arrays)}
json.dump(
    {"x": x.reshape(-1).tolist(), "y": y.reshape(-1).tolist(), "start": flat(start), "losses": losses, "end": flat(end), "scored": scored},
    open(__file__.replace(".py", ".json"), "w"),
)
