# Makes layers.json: layers of Keras 3, forwards and their gradients, and small models trained for 20 steps.
# python -m venv X && X/bin/pip install keras jax numpy && KERAS_BACKEND=jax X/bin/python layers.py
import json
import re
import jax
import numpy as np
import keras

BATCH = 2
SAMPLES, STEPS, STEP_BATCH = 18, 20, 5  # The last batch of an epoch has three samples.

# Type, settings as Descent calls them, input shape.
LAYERS = [
    ("LeakyReLU", {}, [3, 4]),
    ("LeakyReLU", {"negativeSlope": 0.1}, [7]),
    ("PReLU", {}, [2, 3]),
    ("PReLU", {"sharedAxes": True}, [3, 2, 4]),
    ("ELU", {}, [9]),
    ("ELU", {"alpha": 0.4}, [2, 5]),
    ("Softmax", {}, [2, 5]),
    ("GlobalMaxPooling2D", {}, [3, 4, 2]),
    ("GlobalAveragePooling1D", {}, [5, 3]),
    ("GlobalMaxPooling1D", {}, [5, 3]),
    ("MaxPooling1D", {}, [7, 3]),
    ("MaxPooling1D", {"poolSize": 3, "strides": 2, "padding": "same"}, [8, 2]),
    ("AveragePooling1D", {"poolSize": 2}, [6, 2]),
    ("AveragePooling1D", {"poolSize": 3, "strides": 1, "padding": "same"}, [5, 2]),
    ("ZeroPadding2D", {}, [2, 3, 2]),
    ("ZeroPadding2D", {"rows": [0, 2], "columns": [3, 1]}, [2, 3, 1]),
    ("Cropping2D", {"rows": [1, 0], "columns": [0, 2]}, [3, 5, 2]),
    ("UpSampling2D", {}, [2, 3, 2]),
    ("UpSampling2D", {"size": [3, 1]}, [2, 3, 1]),
    ("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}, [3, 2, 2]),
    ("UpSampling2D", {"size": [3, 4], "interpolation": "bilinear"}, [2, 3, 1]),
    ("Flatten", {}, [2, 3, 2]),
    ("Permute", {"dims": [2, 1]}, [3, 4]),
    ("Permute", {"dims": [3, 1, 2]}, [2, 3, 4]),
    ("BatchNormalization", {}, [6]),
    ("BatchNormalization", {"epsilon": 0.1, "scale": False}, [2, 3, 4]),
    ("LayerNormalization", {}, [6]),
    ("LayerNormalization", {"epsilon": 0.1}, [2, 3, 5]),
    ("LayerNormalization", {"scale": False}, [4, 5]),
    ("LayerNormalization", {"center": False}, [4, 40]),
    ("RMSNormalization", {}, [6]),
    ("RMSNormalization", {"epsilon": 0.1}, [3, 5]),
    ("GroupNormalization", {"groups": 2}, [6]),
    ("GroupNormalization", {"groups": 3, "epsilon": 0.1}, [2, 4, 6]),
    ("GroupNormalization", {"groups": 1, "center": False}, [5, 4]),
    ("GroupNormalization", {"groups": 4, "scale": False}, [3, 2, 4]),
    ("DepthwiseConv2D", {"kernelSize": [3, 3]}, [4, 5, 2]),
    ("DepthwiseConv2D", {"kernelSize": [2, 3], "depthMultiplier": 2, "padding": "same", "useBias": False}, [3, 4, 2]),
    ("DepthwiseConv2D", {"kernelSize": [2, 2], "strides": [2, 2], "activation": "tanh"}, [4, 5, 3]),
    ("DepthwiseConv2D", {"kernelSize": [2, 2], "dilationRate": [2, 1]}, [4, 3, 2]),
    ("Conv2DTranspose", {"filters": 3, "kernelSize": [3, 3]}, [3, 2, 2]),
    ("Conv2DTranspose", {"filters": 2, "kernelSize": [3, 2], "strides": [2, 2], "padding": "same", "activation": "tanh"}, [2, 3, 3]),
    ("Conv2DTranspose", {"filters": 2, "kernelSize": [4, 3], "strides": [2, 3], "useBias": False}, [2, 2, 2]),
    ("Conv2DTranspose", {"filters": 1, "kernelSize": [2, 2], "strides": [3, 3]}, [2, 2, 2]),
    ("SeparableConv2D", {"filters": 3, "kernelSize": [3, 3]}, [4, 4, 2]),
    ("SeparableConv2D", {"filters": 2, "kernelSize": [2, 3], "depthMultiplier": 2, "padding": "same", "activation": "relu"}, [3, 4, 2]),
    ("Conv1D", {"filters": 4, "kernelSize": 3}, [6, 2]),
    ("Conv1D", {"filters": 2, "kernelSize": 4, "padding": "same", "strides": 2, "activation": "tanh"}, [7, 3]),
    ("Conv1D", {"filters": 3, "kernelSize": 3, "padding": "causal", "dilationRate": 2, "useBias": False}, [5, 2]),
    ("Conv1D", {"filters": 2, "kernelSize": 2, "padding": "causal", "strides": 2}, [5, 3]),
    ("Dense", {"units": 3, "activation": "tanh"}, [2, 5]),
    ("Dense", {"units": 2, "useBias": False}, [2, 3, 4]),
    ("RepeatVector", {"n": 3}, [4]),
    ("SimpleRNN", {"units": 3}, [4, 2]),
    ("SimpleRNN", {"units": 2, "returnSequences": True, "goBackwards": True, "activation": "relu"}, [3, 2]),
    ("LSTM", {"units": 3}, [4, 2]),
    ("LSTM", {"units": 5, "returnSequences": True, "goBackwards": True}, [3, 2]),
    ("LSTM", {"units": 2, "useBias": False, "activation": "sigmoid", "recurrentActivation": "tanh"}, [3, 2]),
    ("GRU", {"units": 3}, [4, 2]),
    ("GRU", {"units": 2, "returnSequences": True, "goBackwards": True}, [3, 3]),
    ("GRU", {"units": 4, "useBias": False}, [1, 2]),
    ("Embedding", {"inputDim": 7, "outputDim": 3}, [5]),
    ("Embedding", {"inputDim": 4, "outputDim": 2}, [2, 3]),
    ("PositionEmbedding", {}, [4, 3]),
    ("MultiHeadAttention", {"numHeads": 2, "keyDim": 3}, [4, 5]),
    ("MultiHeadAttention", {"numHeads": 3, "keyDim": 2, "causal": True}, [5, 4]),
]

# Layers of models that read 12 numbers, or 12 tokens of 7, and are to give 2; containers with their branches.
MODELS = [
    [("Dense", {"units": 6}), ("PReLU", {}), ("Dense", {"units": 2})],
    [("Reshape", {"targetShape": [4, 3]}), ("SimpleRNN", {"units": 5}), ("Dense", {"units": 2})],
    [
        ("Reshape", {"targetShape": [4, 3]}),
        ("LSTM", {"units": 4, "returnSequences": True}),
        ("LSTM", {"units": 3, "goBackwards": True}),
        ("Dense", {"units": 2}),
    ],
    [
        ("Reshape", {"targetShape": [6, 2]}),
        ("GRU", {"units": 3, "returnSequences": True, "goBackwards": True}),
        ("GRU", {"units": 5}),
        ("Dense", {"units": 2}),
    ],
    [("Dense", {"units": 6}), ("LayerNormalization", {}), ("RMSNormalization", {}), ("Dense", {"units": 2})],
    [("Reshape", {"targetShape": [2, 6]}), ("GroupNormalization", {"groups": 3}), ("Flatten", {}), ("Dense", {"units": 2})],
    [("Reshape", {"targetShape": [4, 3]}), ("Conv1D", {"filters": 3, "kernelSize": 2}), ("Dense", {"units": 3, "activation": "tanh"}), ("GlobalAveragePooling1D", {}), ("Dense", {"units": 2})],
    [
        ("Reshape", {"targetShape": [4, 3]}),
        ("PositionEmbedding", {}),
        ("MultiHeadAttention", {"numHeads": 2, "keyDim": 2, "causal": True}),
        ("LayerNormalization", {}),
        ("Flatten", {}),
        ("Dense", {"units": 2}),
    ],
    [("Reshape", {"targetShape": [2, 3, 2]}), ("DepthwiseConv2D", {"kernelSize": [2, 2], "padding": "same"}), ("SeparableConv2D", {"filters": 3, "kernelSize": [1, 2]}), ("GlobalMaxPooling2D", {}), ("Dense", {"units": 2})],
    [("Embedding", {"inputDim": 7, "outputDim": 3}), ("PositionEmbedding", {}), ("GRU", {"units": 3}), ("Dense", {"units": 2})],
    [
        ("Reshape", {"targetShape": [6, 2]}),
        ("TimeDistributed", {}, [[("Dense", {"units": 3}), ("LeakyReLU", {}), ("Dense", {"units": 3, "activation": "tanh"})]]),
        ("Bidirectional", {}, [[("GRU", {"units": 2, "returnSequences": True})], [("GRU", {"units": 2, "returnSequences": True})]]),
        ("MaxPooling1D", {}),
        ("Bidirectional", {"merge": "ave"}, [[("LSTM", {"units": 3})], [("LSTM", {"units": 3})]]),
        ("Dense", {"units": 2}),
    ],
    [
        ("Reshape", {"targetShape": [2, 3, 2]}),
        ("ZeroPadding2D", {"rows": [1, 0], "columns": [0, 1]}),
        ("Conv2DTranspose", {"filters": 3, "kernelSize": [2, 3], "strides": [2, 1], "padding": "same"}),
        ("ELU", {}),
        ("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}),
        ("Cropping2D", {"rows": [2, 1], "columns": [1, 0]}),
        ("Conv2D", {"filters": 2, "kernelSize": [3, 3], "strides": [2, 2]}),
        ("AveragePooling2D", {"poolSize": [2, 2], "strides": [1, 1], "padding": "same"}),
        ("GlobalAveragePooling2D", {}),
        ("Dense", {"units": 2}),
    ],
    [
        ("Dense", {"units": 6}),
        ("Softmax", {}),
        ("RepeatVector", {"n": 4}),
        ("Permute", {"dims": [2, 1]}),
        ("AveragePooling1D", {"poolSize": 2}),
        ("Conv1D", {"filters": 3, "kernelSize": 2, "padding": "causal"}),
        ("GlobalMaxPooling1D", {}),
        ("Dense", {"units": 2}),
    ],
]


class PositionEmbedding(keras.layers.Layer):
    """The sum that KerasHub's TokenAndPositionEmbedding makes."""

    def build(self, shape):
        self.positions = self.add_weight(shape=shape[1:])

    def call(self, x):
        return x + self.positions


class SelfAttention(keras.layers.MultiHeadAttention):
    def __init__(self, causal=False, **args):
        super().__init__(**args)
        self.causal = causal

    def build(self, shape):
        super().build(shape, shape, shape)

    def call(self, x):
        return super().call(x, x, x, use_causal_mask=self.causal)

    def compute_output_shape(self, shape):
        return shape

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


OWN = {"PositionEmbedding": PositionEmbedding, "MultiHeadAttention": SelfAttention}


def wave(shape, phase):
    return np.sin(np.arange(np.prod(shape)) * 1.7 + phase).reshape(shape).astype("float32")


def weight(shape, k):
    return 0.5 * wave(shape, 2 + k) + (1 if len(shape) == 1 and k == 0 else 0)


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def layer_of(type, config, rank):
    args = {snake(key): tuple(value) if isinstance(value, list) else value for key, value in config.items()}
    if type == "ZeroPadding2D":
        args = {"padding": (args.get("rows", (1, 1)), args.get("columns", (1, 1)))}
    if type == "Cropping2D":
        args = {"cropping": (args["rows"], args["columns"])}
    if args.pop("shared_axes", False):
        args["shared_axes"] = list(range(1, rank))
    return (OWN.get(type) or getattr(keras.layers, type))(**args)


def block_of(type, config, branches=None, *, rank=None):
    """A layer, and those in it that have weights of their own, as Descent lists them: a container before what it holds."""
    if branches is None:
        layer = layer_of(type, config, rank)
        return layer, [layer]
    if type == "TimeDistributed":
        inner = [layer_of(*block, rank - 1) for block in branches[0]]
        return keras.layers.TimeDistributed(keras.Sequential(inner)), [None, *inner]
    (forward,), (backward,) = branches
    layer = keras.layers.Bidirectional(
        layer_of(*forward, rank), merge_mode=config.get("merge", "concat"), backward_layer=layer_of(*backward[:1], {**backward[1], "goBackwards": True}, rank)
    )
    return layer, [None, layer.forward_layer, layer.backward_layer]


def numbers(array):
    return [float(f"{value:.7g}") for value in np.asarray(array, dtype="float64").reshape(-1)]


def forward(type, config, shape):
    layer = layer_of(type, config, len(shape))
    x = wave([BATCH, *shape], 0.3)
    takes_indices = type == "Embedding"
    if takes_indices:
        x = (np.arange(x.size) * 5 % config["inputDim"]).reshape(x.shape)
    layer.build(x.shape)
    # It has another formula there.
    training = {"training": True} if type == "BatchNormalization" else {}
    weights = [weight(tuple(w.shape), k) for k, w in enumerate(layer.trainable_variables)]
    # Keras's recurrent layers hold the state of a generator, for their dropout.
    others = [variable.value for variable in layer.non_trainable_variables]
    call = lambda x, weights: layer.stateless_call(weights, others, x, **training)[0] if weights else layer(x)
    if takes_indices:
        y, back = jax.vjp(lambda weights: call(x, weights), weights)
        dx, (dweights,) = [], back(jax.numpy.asarray(wave(y.shape, 0.7)))
    else:
        y, back = jax.vjp(call, x, weights)
        dx, dweights = back(jax.numpy.asarray(wave(y.shape, 0.7)))
    shapes = [list(w.shape) for w in weights]
    case = {"type": type, "config": config, "input": shape, "shape": list(y.shape[1:]), "weights": shapes}
    kept = layer.stateless_call(weights, others, x, **training)[1] if training else []
    made = {"y": numbers(y), "dx": numbers(dx), "dweights": [numbers(d) for d in dweights]}
    return {**case, **made, "kept": [numbers(k) for k in kept]}


def trained(blocks):
    x, y = 2 * wave([SAMPLES, 12], 0.3) + 0.5, wave([SAMPLES, 2], 1.1)
    if blocks[0][0] == "Embedding":
        x = (np.arange(x.size) * 5 % blocks[0][1]["inputDim"]).reshape(x.shape)
    value = inputs = keras.Input((12,), dtype=x.dtype)
    layers = []
    for block in blocks:
        layer, own = block_of(*block, rank=len(value.shape) - 1)
        value = layer(value)
        layers += own
    model = keras.Model(inputs, value)
    model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
    own = [layer.trainable_variables if layer else [] for layer in layers]
    for place, variables in enumerate(own):
        for k, variable in enumerate(variables):
            variable.assign(0.6 * weight(tuple(variable.shape), k + place))
    losses = []
    for step in range(STEPS):
        first = (step * STEP_BATCH) % 20  # Four batches an epoch: 5, 5, 5 and 3.
        batch = slice(first, first + STEP_BATCH)
        losses.append(float(model.train_on_batch(x[batch], y[batch])))
    return {"blocks": blocks, "losses": numbers(losses), "end": [[numbers(v) for v in variables] for variables in own]}


made = {
    "layers": [forward(*case) for case in LAYERS],
    "models": [trained(blocks) for blocks in MODELS],
}
json.dump(made, open(__file__.replace(".py", ".json"), "w"))
