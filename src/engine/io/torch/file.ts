/** A PyTorch module as Python text, with its state dict: for one network, a class; for several, a class each. */
import type { ExportedModel, ExportedNetwork } from "../exported";
import { notesAsLines } from "../notes";
import { lowerNetwork } from "../portable/lower";
import type { NamedArray } from "../safetensors";
import { Module } from "./steps";

/** A network's class and the arrays of its state dict. */
export interface TorchClass {
  readonly name: string;
  readonly text: string;
  readonly state: Readonly<Record<string, NamedArray>>;
}

/** What `forward` of recurrent modules with unusual activations calls. */
const WALK = `
def walk(module, x, cell, tell, gate):
    """A recurrent module's own weights with other activations than torch knows. [N, T, F] -> [N, T, units]"""
    sums = F.linear(x, module.weight_ih_l0, getattr(module, "bias_ih_l0", None))
    h = x.new_zeros(len(x), module.hidden_size)
    c = h
    states = []
    for t in range(x.shape[1]):
        a = sums[:, t]
        b = F.linear(h, module.weight_hh_l0, getattr(module, "bias_hh_l0", None))
        if cell == "simple":
            h = tell(a + b)
        elif cell == "lstm":
            i, f, g, o = (a + b).chunk(4, 1)
            c = gate(f) * c + gate(i) * tell(g)
            h = gate(o) * tell(c)
        else:
            (ar, az, an), (br, bz, bn) = a.chunk(3, 1), b.chunk(3, 1)
            z = gate(az + bz)
            h = z * h + (1 - z) * tell(an + gate(ar + br) * bn)
        states.append(h)
    return torch.stack(states, 1)
`;

const indented = (lines: readonly string[]): string => lines.map((line) => `        ${line}`).join("\n");

/** The class of a network. */
export function torchClass(network: ExportedNetwork, isOnly: boolean): TorchClass {
  const program = lowerNetwork(network);
  const module = new Module(program.weights);
  const result = module.run(program, "x");
  const name = isOnly ? "Model" : network.name.charAt(0).toUpperCase() + network.name.slice(1).replace(/\W/g, "_");
  const text = `
class ${name}(nn.Module):
    """[N, ${network.input.shape.join(", ")}] -> [N, ${network.output.shape.join(", ")}]; images are channels last, as in Keras."""

    def __init__(self):
        super().__init__()
${indented(module.init.length > 0 ? module.init : ["pass"])}

    def forward(self, x):
${indented([...module.body, `return ${result}`])}
`;
  return { name, text, state: module.state };
}

/** The whole of `model.py`. @param weights the kind of the files beside it; with `pt` there are no samples to run */
export function torchFile(
  model: ExportedModel,
  classes: readonly TorchClass[],
  weights: "safetensors" | "pt" = "safetensors",
): string {
  const { description, networks } = model;
  const isAlone = weights === "pt";
  const needsWalk = classes.some(({ text }) => text.includes("walk("));
  const loads = classes.map(({ name }, i) => {
    const { name: network = "" } = networks[i] ?? {};
    const load = isAlone
      ? `${network}.load_state_dict(torch.load("${network}.pt", weights_only=True))`
      : `load_model(${network}, "${network}.safetensors", strict=False)`;
    return `    ${network} = ${name}()\n    ${load}\n    ${network}.eval()`;
  });
  const names = networks.map(({ name }) => name);
  const main = `

if __name__ == "__main__":
    import numpy as np

    samples = np.load("samples.npz")
    networks = load()
    for name, network in zip(${JSON.stringify(names)}, networks if isinstance(networks, tuple) else (networks,)):
        prefix = "" if ${names.length === 1 ? "True" : "False"} else name + "_"
        inputs = samples[prefix + "inputs"]
        x = torch.from_numpy(inputs.astype(np.int64) if inputs.dtype == np.uint32 else inputs)
        with torch.no_grad():
            outputs = network(x).numpy()
        print(f"{name}: largest difference on {len(inputs)} samples {np.abs(outputs - samples[prefix + 'outputs']).max():.3g}")
`;
  const title = description.name.replaceAll('"', "'");
  const about = isAlone
    ? "as PyTorch has it.\n\nNeeds torch."
    : "as PyTorch has it. `python model.py` runs it on the samples beside it.\n\nNeeds torch, safetensors and numpy.";
  // Names in quotes are as JSON has them, which a raw text leaves as they are.
  return `r"""${title}, ${about}

${notesAsLines(model, networks).join("\n")}
"""
import torch
import torch.nn.functional as F
from torch import nn
${needsWalk ? WALK : ""}
${classes.map(({ text }) => text).join("\n")}

def load():
    """The networks with their weights."""
${isAlone ? "" : "    from safetensors.torch import load_model\n\n"}${loads.join("\n")}
    return ${names.join(", ")}${names.length === 1 ? "" : ""}
${isAlone ? "" : main}`;
}
