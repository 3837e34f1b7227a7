# Models that Keras and PyTorch wrote, with samples and what the libraries make of them, for `incoming.ts` to open:
#   KERAS_BACKEND=jax python tests/interop/models.py FOLDER
# Twenty of Keras's by chance, half of them with branches, of every layer that both have; Keras's own examples, trained for a moment;
# and networks of PyTorch, twenty of them by chance, as ONNX and as state dicts. Needs numpy, keras with jax, torch and onnxscript; what is not installed is left out and said so.
import importlib.util
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(17)
keras.utils.set_random_seed(17)
some = lambda *options: options[random.integers(len(options))]
COUNT = 16


def stirred(model):
    """Weights as training leaves them: statistics and biases are no zeros and ones."""
    model.set_weights([value + random.uniform(0.02, 0.1, value.shape).astype("float32") for value in model.get_weights()])
    return model


def save(name, model, inputs):
    model.save(folder / f"{name}.keras")
    np.savez(folder / f"{name}.npz", inputs=inputs, outputs=np.asarray(model(inputs, training=False)))


activation = lambda: some("relu", "tanh", "sigmoid", "elu", "gelu", "softplus", "leaky_relu", "linear")
window = lambda: (int(random.integers(1, 4)), int(random.integers(1, 4)))
units = lambda: int(random.integers(2, 7))
on_images = [
    lambda: layers.Conv2D(units(), window(), strides=some(1, 2), padding=some("same", "valid"), activation=activation()),
    lambda: layers.Conv2D(units(), (3, 2), dilation_rate=2, padding="same", use_bias=False),
    lambda: layers.DepthwiseConv2D(window(), depth_multiplier=some(1, 2), padding="same", activation=activation()),
    lambda: layers.SeparableConv2D(units(), window(), padding="same", activation=activation()),
    lambda: layers.Conv2DTranspose(units(), window(), strides=some(1, 2), padding="same", activation=activation()),
    lambda: layers.MaxPooling2D(2, padding="same"),
    lambda: layers.AveragePooling2D(2, strides=1, padding="same"),
    lambda: layers.UpSampling2D(2),
    lambda: layers.ZeroPadding2D(((1, 0), (0, 2))),
    lambda: layers.Cropping2D(((1, 0), (0, 1))),
    lambda: layers.BatchNormalization(),
    lambda: layers.LayerNormalization(),
    lambda: layers.Dropout(0.3),
    lambda: layers.SpatialDropout2D(0.2),
    lambda: layers.PReLU(shared_axes=[1, 2]),
    lambda: layers.LeakyReLU(negative_slope=0.2),
    lambda: layers.ELU(),
    lambda: layers.GaussianNoise(0.1),
]
on_series = [
    lambda: layers.Conv1D(units(), 3, padding=some("same", "causal"), activation=activation()),
    lambda: layers.LSTM(units(), return_sequences=True),
    lambda: layers.GRU(units(), return_sequences=True, go_backwards=False),
    lambda: layers.SimpleRNN(units(), return_sequences=True, activation=some("tanh", "relu")),
    lambda: layers.Bidirectional(layers.LSTM(units(), return_sequences=True), merge_mode=some("concat", "sum", "ave", "mul")),
    lambda: layers.TimeDistributed(layers.Dense(units(), activation=activation())),
    lambda: layers.LayerNormalization(),
    lambda: layers.MaxPooling1D(2, padding="same"),
    lambda: layers.AveragePooling1D(2, padding="same"),
    lambda: layers.Dense(units(), activation=activation()),
    lambda: layers.Dropout(0.2),
    lambda: layers.Activation(activation()),
]


def branched(x, choices):
    """A layer beside itself, or around it."""
    if random.random() < 0.5:
        inner = layers.Dense(x.shape[-1], activation="tanh")(layers.Dropout(0.1)(x))
        return layers.Add()([x, inner])
    both = [layers.Dense(4, activation="relu")(x), layers.Dense(4)(layers.LayerNormalization()(x))]
    join = some(layers.Concatenate, layers.Add, layers.Multiply, layers.Average, layers.Maximum)
    return join()(both)


for n in range(20):
    is_image = n % 4 < 2
    choices = on_images if is_image else on_series
    shape = (10, 9, 2) if is_image else (12, 3)
    rest = list(random.permutation(len(choices)))[: int(random.integers(3, 6))]
    if n < len(choices):
        rest = [n * 2 % len(choices), (n * 2 + 1) % len(choices), *rest]
    entry = layers.Input(shape=shape)
    x = entry
    for k, which in enumerate(rest):
        x = choices[which]()(x)
        if n >= 10 and k % 2 == 1:
            x = branched(x, choices)
    x = some(layers.Flatten, layers.GlobalAveragePooling2D if is_image else layers.GlobalAveragePooling1D)()(x)
    x = layers.Dense(3, activation="softmax")(x)
    model = keras.Model(entry, x)
    model = model if n >= 10 else keras.Sequential(model.layers)
    save(f"keras-{n:02}", stirred(model), random.normal(size=(COUNT, *shape)).astype("float32"))


# Keras's own examples: keras.io/examples/vision/mnist_convnet, vision/autoencoder, nlp/text_classification_with_transformer.
def trained(name, model, loss, inputs, targets):
    model.compile(optimizer="adam", loss=loss)
    model.fit(inputs, targets, batch_size=8, epochs=1, verbose=0)
    save(name, model, inputs)


images = random.random((COUNT, 28, 28, 1), dtype="float32")
convnet = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]
)
digits = keras.utils.to_categorical(random.integers(0, 10, COUNT), 10)
trained("example-convnet", convnet, "categorical_crossentropy", images, digits)

entry = layers.Input(shape=(28, 28, 1))
x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(entry)
x = layers.MaxPooling2D((2, 2), padding="same")(x)
x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(x)
x = layers.MaxPooling2D((2, 2), padding="same")(x)
x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
trained("example-autoencoder", keras.Model(entry, x), "binary_crossentropy", images, images)


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1, **more):
        super().__init__(**more)
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs):
        first = self.layernorm1(inputs + self.dropout1(self.att(inputs, inputs)))
        return self.layernorm2(first + self.dropout2(self.ffn(first)))


class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim, **more):
        super().__init__(**more)
        self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

    def call(self, x):
        return self.token_emb(x) + self.pos_emb(keras.ops.arange(0, keras.ops.shape(x)[-1], 1))


entry = layers.Input(shape=(40,))
x = TokenAndPositionEmbedding(40, 200, 32)(entry)
x = TransformerBlock(32, 2, 32)(x)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dropout(0.1)(x)
x = layers.Dense(20, activation="relu")(x)
x = layers.Dropout(0.1)(x)
x = layers.Dense(2, activation="softmax")(x)
tokens = random.integers(0, 200, (COUNT, 40)).astype("float32")
trained("example-transformer", keras.Model(entry, x), "sparse_categorical_crossentropy", tokens, random.integers(0, 2, COUNT))

if importlib.util.find_spec("torch") is None or importlib.util.find_spec("onnxscript") is None:
    print("torch or onnxscript is missing: no ONNX files")
    sys.exit()
import torch
from torch import nn

torch.manual_seed(17)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1)
        )

    def forward(self, x):
        return torch.relu(x + self.inner(x))


networks = {
    "perceptron": ((8,), nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 5), nn.Tanh(), nn.Linear(5, 3))),
    "digits": ((1, 12, 12), nn.Sequential(nn.Flatten(), nn.Linear(144, 16), nn.Sigmoid(), nn.Linear(16, 3), nn.Softmax(1))),
    "convnet": (
        (1, 28, 28),
        nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.5), nn.Linear(8 * 6 * 6, 10), nn.Softmax(1),
        ),
    ),
    "normalized": (
        (3, 12, 10),
        nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.LeakyReLU(0.1), nn.AvgPool2d(2),
            nn.Conv2d(6, 6, 3, groups=6, padding=1), nn.GELU(), nn.Conv2d(6, 5, 1), nn.ELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(5, 3),
        ),
    ),
    "residual": ((2, 8, 8), nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), Residual(4), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3))),
}


def by_chance(n):
    """A network of PyTorch's layers: odd ones of images, even ones of rows of numbers."""
    activation = lambda: some(nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.ELU(), nn.GELU(), nn.LeakyReLU(0.2))
    width = lambda: int(random.integers(2, 9))
    made = []
    if n % 2:
        channels = int(random.integers(1, 4))
        shape, size = (channels, 12, 10), (12, 10)
        for _ in range(int(random.integers(1, 4))):
            out = width()
            made += [nn.Conv2d(channels, out, some(1, 3), padding=some("same", "same", 1), bias=bool(random.integers(2)))]
            made += [nn.BatchNorm2d(out)] if random.random() < 0.5 else []
            made += [activation()]
            made += [some(nn.MaxPool2d(2), nn.AvgPool2d(2), nn.Dropout(0.2))]
            channels = out
        made += [some(nn.Flatten(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()))]
        with torch.no_grad():
            last = nn.Sequential(*made).eval()(torch.zeros(1, *shape)).shape[1]
    else:
        last = width()
        shape = (last,)
    for _ in range(int(random.integers(1, 4))):
        out = width()
        made += [nn.Linear(last, out, bias=bool(random.integers(4)))]
        made += [nn.BatchNorm1d(out)] if random.random() < 0.3 else []
        made += [activation(), nn.Dropout(0.1)][: int(random.integers(1, 3))]
        last = out
    return shape, nn.Sequential(*made, nn.Linear(last, 3), *some([], [nn.Softmax(1)]))


class Reads(nn.Module):
    """A recurrent module, of which the next one reads the last step, or the last states."""

    def __init__(self, module, width, step):
        super().__init__()
        self.module, self.out, self.step = module, nn.Linear(width, 3), step

    def forward(self, x):
        steps, state = self.module(x)
        state = state[0] if isinstance(state, tuple) else state
        return self.out(steps[:, -1] if self.step else torch.cat([state[-2], state[-1]], 1) if self.module.bidirectional else state[-1])


class Looks(nn.Module):
    """Attention of a series to itself."""

    def __init__(self, causal):
        super().__init__()
        self.attention, self.out, self.causal = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3), causal

    def forward(self, x):
        mask = torch.triu(torch.full((5, 5), float("-inf")), 1) if self.causal else None
        return self.out((x + self.attention(x, x, x, attn_mask=mask)[0]).mean(1))


class Encodes(nn.Module):
    def __init__(self, first, count):
        super().__init__()
        block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=first, activation="gelu" if first else "relu")
        self.places, self.blocks = nn.Parameter(torch.randn(5, 8)), nn.TransformerEncoder(block, count, enable_nested_tensor=False)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.blocks(x + self.places)[:, -1])


networks.update({f"random-{n:02}": by_chance(n) for n in range(20)})
networks.update(
    {
        f"{cell.__name__.lower()}-{count}{'-both' if both else ''}{'-step' if step else ''}": (
            (5, 4),
            Reads(cell(4, 6, count, batch_first=True, bidirectional=both), 12 if both else 6, step),
        )
        for cell in (nn.LSTM, nn.GRU, nn.RNN)
        for count in (1, 2)
        for both in (False, True)
        for step in (False, True)
    }
)
networks.update({f"attention-{causal}": ((5, 8), Looks(causal)) for causal in (False, True)})
networks.update({f"encoder-{count}": ((5, 8), Encodes(count == 2, count)) for count in (1, 2)})
networks["series"] = (
    (4, 9),
    nn.Sequential(
        nn.Conv1d(4, 6, 3, padding=1), nn.ReLU(), nn.BatchNorm1d(6), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(24, 3),
    ),
)
networks["groups"] = (
    (4, 6, 6),
    nn.Sequential(
        nn.GroupNorm(2, 4), nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.SiLU(), nn.ConvTranspose2d(6, 3, 3, 2, 1, 1), nn.PReLU(),
        nn.Upsample(scale_factor=2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Flatten(), nn.Linear(108, 3),
    ),
)
for name, (shape, network) in networks.items():
    network.train()
    network(torch.randn(32, *shape))
    network.eval()
    x = torch.randn(COUNT, *shape)
    with torch.no_grad():
        y = network(x).numpy()
    # The new exporter writes the loops of RNN out step by step.
    is_new = not name.startswith("rnn")
    batch = {"dynamic_shapes": ({0: torch.export.Dim("n")},)} if is_new else {"dynamic_axes": {"x": {0: "n"}}}
    torch.onnx.export(
        network, (x,), str(folder / f"torch-{name}.onnx"), input_names=["x"], dynamo=is_new, external_data=False,
        opset_version=18 if is_new else 17, verbose=False, **batch,
    )
    # The exporter puts normalization into the weights before it.
    if name in ("perceptron", "digits", "convnet") or name.startswith("random") and not any("running_mean" in key for key in network.state_dict()):
        torch.save(network.state_dict(), folder / f"torch-{name}.pt")
    is_series = name == "series"
    inputs = x.numpy().transpose(0, 2, 3, 1) if len(shape) == 3 else x.numpy().transpose(0, 2, 1) if is_series else x.numpy()
    np.savez(folder / f"torch-{name}.npz", inputs=np.ascontiguousarray(inputs), outputs=y)
