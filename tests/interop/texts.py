# What Keras comes to with the presets of texts: the same architectures from Keras's own initial weights, over the page's batches.
#   npm run train -- --preset names-gru --seed 1 --steps 0 --save start.safetensors
#   npm run export -- --weights start.safetensors --to train --out FOLDER
#   KERAS_BACKEND=jax python tests/interop/texts.py names-gru FOLDER/train
# Needs numpy and keras with jax or torch. Prints the scores of the validation set after each epoch as the page tells them.
import sys

sys.path.insert(0, sys.argv[2])
import keras
import numpy as np
import pipeline as page
from keras import layers


class PositionEmbedding(layers.Layer):
    """The sum that KerasHub's TokenAndPositionEmbedding makes."""

    def build(self, shape):
        self.positions = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, x):
        return x + self.positions


def transformer(x, vocabulary, width, heads, blocks):
    x = PositionEmbedding()(layers.Embedding(vocabulary, width)(x))
    for _ in range(blocks):
        y = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(heads, width // heads)(y, y, use_causal_mask=True)
        y = layers.LayerNormalization()(x)
        x = x + layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(y))
    return layers.Dense(vocabulary, activation="softmax")(layers.LayerNormalization()(x))


def gru(x):
    return layers.Dense(28, activation="softmax")(layers.GRU(128, return_sequences=True)(layers.Embedding(28, 32)(x)))


presets = {
    "names-gru": gru,
    "names-transformer": lambda x: transformer(x, 28, 64, 4, 2),
    "book-transformer": lambda x: transformer(x, 80, 64, 4, 4),
}


def scores(model, which, rows=slice(None)):
    outputs = np.asarray(model.predict(page.inputs(which, rows), batch_size=500, verbose=0))
    return page.told(page.score(outputs, which, rows))


keras.utils.set_random_seed(page.settings["seed"])
x = keras.Input((page.data["train_input"].shape[1] - 1,), dtype="int32")
model = keras.Model(x, presets[sys.argv[1]](x))
model.compile(keras.optimizers.deserialize(page.settings["keras_optimizer"]), page.settings["loss"])
last = page.last_step(0)
for step, rows in page.batches(0, last):
    model.optimizer.learning_rate = page.learning_rate(step, last)
    counts = page.weights("train", rows)
    # The mean over what counts; Keras's is over all tokens.
    model.train_on_batch(page.inputs("train", rows), page.targets("train", rows), counts * (counts.size / counts.sum()))
    if (step + 1) % page.steps_per_epoch == 0:
        print(f"epoch {(step + 1) // page.steps_per_epoch}: {scores(model, 'train', page.rows_held_out)}", flush=True)
print(f"test: {scores(model, 'test')}")
