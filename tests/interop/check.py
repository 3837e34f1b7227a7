# Opens what `cases.ts` wrote with the real libraries and says how far their answers are from the page's:
#   node scripts/run.mjs tests/interop/cases.ts FOLDER && KERAS_BACKEND=jax python tests/interop/check.py FOLDER
# Needs numpy, keras with jax, onnx, onnxruntime, torch and safetensors; what is not installed is left out and said so.
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np

MOST = 1e-5


def farthest(name, given, samples, prefix):
    wanted = samples[prefix + "outputs"]
    assert given.shape == wanted.shape, f"{name}: expected {wanted.shape}, got {given.shape}"
    # Of numbers above 1, as squared distances are, that much of each: single precision has no more.
    return float((np.abs(given - wanted) / np.maximum(1, np.abs(wanted))).max())


def with_keras(folder, samples, networks):
    import keras

    def run(prefix, file):
        model = keras.models.load_model(file)
        return np.asarray(model(samples[prefix + "inputs"], training=False))

    return [farthest(file, run(prefix, file), samples, prefix) for prefix, file in networks("keras")]


def with_onnx(folder, samples, networks):
    import onnx
    import onnxruntime

    def run(prefix, file):
        onnx.checker.check_model(onnx.load(file), full_check=True)
        inputs = samples[prefix + "inputs"]
        inputs = inputs.astype(np.int64) if inputs.dtype == np.uint32 else inputs
        return onnxruntime.InferenceSession(file).run(None, {"input": inputs})[0]

    return [farthest(file, run(prefix, file), samples, prefix) for prefix, file in networks("onnx")]


def with_torch(folder, samples, networks):
    import torch

    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    here = os.getcwd()
    os.chdir(folder)
    try:
        loaded = module.load()
    finally:
        os.chdir(here)
    loaded = loaded if isinstance(loaded, tuple) else (loaded,)
    found = []
    for (prefix, file), network in zip(networks("safetensors"), loaded):
        inputs = samples[prefix + "inputs"]
        x = torch.from_numpy(inputs.astype(np.int64) if inputs.dtype == np.uint32 else inputs)
        with torch.no_grad():
            found.append(farthest(file, network(x).numpy(), samples, prefix))
    return found


def with_state_dict(folder, samples, networks):
    import torch

    spec = importlib.util.spec_from_file_location("model", folder.parent / "torch" / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = []
    for prefix, file in networks("pt"):
        name = prefix[:-1]
        network = getattr(module, name[:1].upper() + name[1:] if name else "Model")()
        network.load_state_dict(torch.load(file, weights_only=True), strict=True)
        network.eval()
        inputs = samples[prefix + "inputs"]
        x = torch.from_numpy(inputs.astype(np.int64) if inputs.dtype == np.uint32 else inputs)
        with torch.no_grad():
            found.append(farthest(file, network(x).numpy(), samples, prefix))
    return found


def with_cc(folder, samples, networks):
    subprocess.run(["cc", "-std=c99", "-O2", "check.c", "-o", "check", "-lm"], cwd=folder, check=True)
    told = subprocess.run(["./check"], cwd=folder, capture_output=True, text=True).stdout
    return [max(float(a), float(b)) for a, b in re.findall(r"samples (\S+); with weights of 8 bits (\S+),", told)]


def with_npz(folder, samples, networks):
    [file] = [path for path in folder.glob("*.npz") if path.name != "samples.npz"]
    arrays = np.load(file)
    assert all(np.isfinite(arrays[name]).all() for name in arrays.files)
    return [0.0]


def with_safetensors(folder, samples, networks):
    from safetensors.numpy import load_file

    [file] = folder.glob("*.safetensors")
    assert len(load_file(file)) >= 0
    return [0.0]


libraries = {
    "keras": ("keras", with_keras),
    "torch": ("torch", with_torch),
    "onnx": ("onnxruntime", with_onnx),
    "pt": ("torch", with_state_dict),
    "c": ("numpy", with_cc),
    "npz": ("numpy", with_npz),
    "safetensors": ("safetensors", with_safetensors),
}

root = pathlib.Path(sys.argv[1])
worst = 0.0
failed = []
print(f"{'':34}" + "".join(f"{name:>12}" for name in libraries))
for case in sorted(path for path in root.iterdir() if path.is_dir()):
    row = f"{case.name:34}"
    for name, (package, check) in libraries.items():
        folder = case / name
        if importlib.util.find_spec(package) is None:
            row += f"{'missing':>12}"
            continue
        if (folder / "refused.txt").exists():
            row += f"{'refused':>12}"
            continue
        samples = np.load(folder / "samples.npz")
        names = [key[: -len("inputs")] for key in samples.files if key.endswith("inputs")]

        def networks(ending, folder=folder, names=names):
            files = sorted(folder.glob(f"*.{ending}"))
            of = lambda prefix: next(f for f in files if f.stem == prefix[:-1] or f.stem.endswith("-" + prefix[:-1]))
            return [(prefix, str(of(prefix) if prefix else files[0])) for prefix in names]

        try:
            far = max(check(folder, samples, networks))
            worst = max(worst, far)
            row += f"{far:>12.1e}"
            if not far <= MOST:
                failed.append(f"{case.name} in {name}: {far}")
        except Exception as error:
            row += f"{'FAILED':>12}"
            failed.append(f"{case.name} in {name}: {type(error).__name__}: {str(error)[-600:]}")
    print(row, flush=True)
print(f"largest difference {worst:.2g}, at most {MOST:g}")
for line in failed:
    print(line)
sys.exit(1 if failed else 0)
