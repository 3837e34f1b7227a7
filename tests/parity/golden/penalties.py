# Makes penalties.json: penalties on a recurrent kernel and on what layers tell in Keras 3, trained for 20 steps.
# python -m venv X && X/bin/pip install keras jax numpy && KERAS_BACKEND=jax X/bin/python penalties.py
import json
import numpy as np
import keras
from keras.regularizers import L1, L1L2

N, BATCH, STEPS = 18, 5, 20  # The last batch of an epoch has three samples.


def wave(*shape, phase):
    flat = np.sin(np.arange(np.prod(shape)) * 1.7 + phase)
    return flat.reshape(shape).astype("float32")


x, y = 2 * wave(N, 3, phase=0.3) + 0.5, wave(N, 2, phase=1.1)
walk = keras.layers.SimpleRNN(4, return_sequences=True, recurrent_regularizer=L1L2(0.02, 0.03), name="simple_rnn")
model = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Reshape((3, 1)),
        walk,
        # Keras takes the activity_regularizer of a SimpleRNN and does nothing with it, so that it is asked of others.
        keras.layers.Dense(4, "tanh", activity_regularizer=L1(0.01), name="dense"),
        keras.layers.Flatten(),
        keras.layers.Dense(2, activity_regularizer=L1L2(0.03, 0.05), name="dense_1"),
    ]
)
model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
start = [wave(1, 4, phase=2), 0.5 * wave(4, 4, phase=3), wave(4, phase=4)]
start += [wave(4, 4, phase=7), wave(4, phase=8), wave(12, 2, phase=5), wave(2, phase=6)]
model.get_layer("simple_rnn").set_weights(start[:3])
model.get_layer("dense").set_weights(start[3:5])
model.get_layer("dense_1").set_weights(start[5:])
losses = []
for step in range(STEPS):
    first = (step * BATCH) % 20  # Four batches an epoch: 5, 5, 5 and 3.
    losses.append(float(model.train_on_batch(x[first : first + BATCH], y[first : first + BATCH])))
names = ["simple_rnn/kernel", "simple_rnn/recurrentKernel", "simple_rnn/bias", "dense/kernel", "dense/bias"]
names += ["dense_1/kernel", "dense_1/bias"]
end = [w for layer in ("simple_rnn", "dense", "dense_1") for w in model.get_layer(layer).get_weights()]
scored = float(model.evaluate(x, y, batch_size=N, verbose=0))
flat = lambda arrays: {name: np.asarray(a).reshape(-1).astype(float).tolist() for name, a in zip(names, arrays)}
json.dump(
    {"x": x.reshape(-1).tolist(), "y": y.reshape(-1).tolist(), "start": flat(start), "losses": losses, "end": flat(end), "scored": scored},
    open(__file__.replace(".py", ".json"), "w"),
)
