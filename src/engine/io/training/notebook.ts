/** A Jupyter notebook that loads the model, scores it and trains it on, by the scripts beside it. */
import type { ExportedModel } from "../exported";

const cell = (kind: "markdown" | "code", text: string, id: number): object => ({
  cell_type: kind,
  id: `cell-${id}`,
  metadata: {},
  ...(kind === "code" && { execution_count: null, outputs: [] }),
  source: text.trim().split(/(?<=\n)/),
});

const keras = (name: string): readonly (readonly ["markdown" | "code", string])[] => [
  [
    "markdown",
    `# ${name}\n\nThe model as it was trained in Descent, with its data. Cell by cell: it is loaded, scored on the test set, and trained on with the same batches, learning rate and loss. Needs keras, jax (or another backend), numpy and matplotlib.`,
  ],
  [
    "code",
    `import os\nos.environ.setdefault("KERAS_BACKEND", "jax")\n\nimport numpy as np\nimport pipeline as page\nimport train_keras`,
  ],
  ["code", "model = train_keras.load()\nmodel.summary()"],
  ["markdown", "## Score\n\nLoss and metrics on the test set, as the page tells them."],
  ["code", `outputs = train_keras.answers(model, "test")\npage.score(outputs, "test")`],
  ["markdown", "## Train on\n\nOne epoch more. All settings are in `settings.json`, and in `page.settings`."],
  [
    "code",
    `first = page.settings["step"]\ncurve = train_keras.train(model, first, page.last_step(first, epochs=1))\npage.score(train_keras.answers(model, "test"), "test")`,
  ],
  [
    "code",
    `import matplotlib.pyplot as plt\n\nsteps, losses = zip(*curve)\nplt.plot(steps, losses)\nplt.xlabel("step")\nplt.ylabel("loss")\nplt.show()`,
  ],
  ["markdown", "## Keep\n\nDrop the file on the page to see it there again."],
  ["code", `model.save("trained.keras")`],
];

const torch = (name: string): readonly (readonly ["markdown" | "code", string])[] => [
  [
    "markdown",
    `# ${name}\n\nThe model as it was trained in Descent, with its data: loaded, scored on the test set, and trained on. Keras has no word for all of its layers, so this is PyTorch. Needs torch, numpy and matplotlib.`,
  ],
  ["code", `import torch\nimport pipeline as page\nimport train_torch\nfrom model import Model`],
  ["code", `model = Model()\nmodel.load_state_dict(torch.load("model.pt", weights_only=True))\nmodel`],
  ["markdown", "## Score"],
  ["code", `page.score(train_torch.answers(model, "test", torch.device("cpu")), "test")`],
  [
    "markdown",
    "## Train on\n\nOne epoch more, by the script, which can do it on many GPUs too: `torchrun --nproc_per_node=2 train_torch.py`.",
  ],
  ["code", `!python train_torch.py --epochs 1`],
  [
    "code",
    `import matplotlib.pyplot as plt\nimport numpy as np\n\nsteps, losses = np.loadtxt("losses.csv", delimiter=",", skiprows=1, unpack=True)\nplt.plot(steps, losses)\nplt.xlabel("step")\nplt.ylabel("loss")\nplt.show()`,
  ],
];

/** The notebook's text. @param hasKeras whether the model goes to Keras */
export function notebookOf({ description }: ExportedModel, hasKeras: boolean): string {
  const cells = (hasKeras ? keras : torch)(description.name).map(([kind, text], i) => cell(kind, text, i));
  const metadata = {
    kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
    language_info: { name: "python" },
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}
