"""Trains the model on with PyTorch, in one process or many:

    python train_torch.py
    torchrun --nproc_per_node=2 train_torch.py

Each process takes its share of every batch, so that any number of them makes the same steps. Needs torch and numpy.
"""
import argparse
import os
import pathlib

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import pipeline as page
from model import Model

optimizer_settings = page.settings["optimizer"]


class Order(torch.utils.data.Sampler):
    """The page's batches: of each, all rows and those of this process."""

    def __init__(self, first, last, rank, world):
        self.first, self.last, self.rank, self.world = first, last, rank, world

    def __len__(self):
        return self.last - self.first

    def __iter__(self):
        for step, rows in page.batches(self.first, self.last):
            yield step, rows, rows[self.rank :: self.world]


class Batches(torch.utils.data.Dataset):
    """Samples of a step, how much each counts, and what all processes' count together."""

    def __getitem__(self, given):
        step, rows, own = given
        counts = page.weights("train", own if len(own) else rows[:1]) * float(len(own) > 0)
        own = own if len(own) else rows[:1]
        return step, page.inputs("train", own), page.targets("train", own), counts, float(page.weights("train", rows).sum())


class PageOptimizer(torch.optim.Optimizer):
    """SGD, Momentum, Nesterov, RMSprop, Adagrad, Adam and AdamW with Keras's formulas, which add epsilon elsewhere than torch's."""

    def __init__(self, groups):
        super().__init__(groups, {"lr": optimizer_settings["learning_rate"], "decays": True})

    @torch.no_grad()
    def step(self):
        o = optimizer_settings
        for group in self.param_groups:
            lr = group["lr"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, s = p.grad, self.state[p]
                if not s:
                    s["t"] = 0
                    s["a"] = torch.full_like(p, o.get("initial_accumulator", 0.0))
                    s["b"] = torch.zeros_like(p)
                s["t"] += 1
                a, b = s["a"], s["b"]
                if o["type"] == "SGD":
                    p.sub_(lr * g)
                elif o["type"] in ("Momentum", "Nesterov"):
                    a.mul_(o["momentum"]).sub_(lr * g)
                    p.add_(a if o["type"] == "Momentum" else o["momentum"] * a - lr * g)
                elif o["type"] == "RMSprop":
                    a.mul_(o["rho"]).add_((1 - o["rho"]) * g**2)
                    p.sub_(lr * g / (a + o["epsilon"]).sqrt())
                elif o["type"] == "Adagrad":
                    a.add_(g**2)
                    p.sub_(lr * g / (a + o["epsilon"]).sqrt())
                else:
                    if o["type"] == "AdamW" and group["decays"]:
                        p.mul_(1 - lr * o["weight_decay"])
                    a.mul_(o["beta1"]).add_((1 - o["beta1"]) * g)
                    b.mul_(o["beta2"]).add_((1 - o["beta2"]) * g**2)
                    rate = lr * (1 - o["beta2"] ** s["t"]) ** 0.5 / (1 - o["beta1"] ** s["t"])
                    p.sub_(rate * a / (b.sqrt() + o["epsilon"]))


def is_of(name, layer):
    """Whether a parameter is one of a layer's."""
    return name.startswith(layer + ".") or name.startswith(layer + "_")


def penalty(model):
    """L1 and L2 of the weights that have one."""
    total = 0.0
    for name, parameter in model.named_parameters():
        kind = "bias" if "bias" in name else "recurrent" if "_hh_" in name else "kernel"
        for norm, size in (("l1", torch.abs), ("l2", torch.square)):
            for layer, factors in page.settings[norm].items():
                if is_of(name, layer) and factors.get(kind):
                    total = total + factors[kind] * size(parameter).sum()
    return total


def loss_of(outputs, wanted):
    """Of each answer."""
    kind = page.settings["loss"]
    if kind == "mean_squared_error":
        return ((outputs - wanted) ** 2).flatten(1).mean(-1)
    if kind == "mean_absolute_error":
        return (outputs - wanted).abs().flatten(1).mean(-1)
    if kind == "binary_crossentropy":
        p = outputs.clamp(page.EPSILON, 1 - page.EPSILON)
        return -(wanted * p.log() + (1 - wanted) * (1 - p).log()).flatten(1).mean(-1)
    p = (outputs / outputs.sum(-1, keepdim=True)).clamp(page.EPSILON, 1 - page.EPSILON)
    if kind == "sparse_categorical_crossentropy":
        return -p.gather(-1, wanted[..., None])[..., 0].log()
    return -(wanted * p.log()).sum(-1)


def answers(model, which, device, rows=None):
    """What the model says of samples."""
    model.eval()
    rows = np.arange(len(page.data[f"{which}_input"])) if rows is None else rows
    with torch.no_grad():
        parts = [model(torch.as_tensor(page.inputs(which, part), device=device)).cpu().numpy() for part in np.array_split(rows, max(1, len(rows) // 1000))]
    model.train()
    return np.concatenate(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, help="so many more, instead of the model's own")
    parser.add_argument("--resume", action="store_true", help="go on from checkpoint.pt")
    parser.add_argument("--checkpoint", default="checkpoint.pt")
    parser.add_argument("--curve", default="losses.csv", help="where the loss of every step goes")
    args = parser.parse_args()

    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    has_gpu = torch.cuda.is_available()
    device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if has_gpu else "cpu")
    if world > 1:
        dist.init_process_group("nccl" if has_gpu else "gloo")
    torch.manual_seed(page.settings["seed"] + rank)
    say = print if rank == 0 else lambda *_: None
    for layer in page.settings["augmentation"]:
        say(f"{layer}: augmentation is left out here; train_keras.py has it.")

    model = Model()
    model.load_state_dict(torch.load(page.HERE / "model.pt", weights_only=True))
    model.to(device)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(is_of(name, layer) for layer in page.settings["frozen"])
    norms = {f"{name}.{own}" for name, module in model.named_modules() if "BatchNorm" in type(module).__name__ for own in ("weight", "bias")}
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    spared = [p for name, p in trained if name in norms or name.endswith(("_gamma", "_beta"))]
    decayed = [p for _, p in trained if not any(p is other for other in spared)]
    optimizer = PageOptimizer([group for group in ({"params": decayed}, {"params": spared, "decays": False}) if group["params"]])
    first, curve = page.settings["step"], []
    last = page.last_step(first, args.epochs)
    if args.resume:
        kept = torch.load(args.checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        first, last, curve = kept["step"], max(kept["last"], kept["step"]), [tuple(pair) for pair in kept["curve"]]
        if args.epochs:
            last = page.last_step(first, args.epochs)
    shared = DistributedDataParallel(model) if world > 1 else model
    say(f"{page.settings['name']}: steps {first} to {last}, {page.steps_per_epoch} an epoch, on {world} x {device.type}")

    batches = torch.utils.data.DataLoader(Batches(), sampler=Order(first, last, rank, world), batch_size=None)
    for step, x, wanted, counts, total in batches:
        for group in optimizer.param_groups:
            group["lr"] = page.learning_rate(step, last)
        optimizer.zero_grad()
        outputs = shared(x.to(device))
        own = (loss_of(outputs, wanted.to(device)) * counts.to(device)).sum() / total
        # Gradients of all processes are averaged, so that each counts its own so many times.
        extra = penalty(model)
        (own * world + extra).backward()
        if page.settings["clip_norm"] > 0:
            norm = torch.stack([p.grad.norm() for _, p in trained if p.grad is not None]).norm()
            for _, p in trained:
                if p.grad is not None:
                    p.grad.mul_(min(1.0, page.settings["clip_norm"] / max(float(norm), 1e-30)))
        optimizer.step()
        loss = own.detach().clone()
        if world > 1:
            dist.all_reduce(loss)
        curve.append((step, float(loss + extra)))
        if (step + 1) % page.steps_per_epoch == 0 or step + 1 == last:
            if rank == 0:
                if len(page.rows_held_out):
                    scores = page.score(answers(model, "train", device, page.rows_held_out), "train", page.rows_held_out)
                    say(f"epoch {(step + 1) / page.steps_per_epoch:g}: validation {page.told(scores)}")
                kept = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1, "last": last, "curve": curve}
                # Whole or not at all.
                torch.save(kept, args.checkpoint + ".part")
                pathlib.Path(args.checkpoint + ".part").replace(args.checkpoint)
            if world > 1:
                dist.barrier()
    if rank == 0:
        say(f"test {page.told(page.score(answers(model, 'test', device), 'test'))}")
        torch.save(model.state_dict(), "trained.pt")
        page.save_curve(args.curve, curve)
        say("trained.pt has the weights.")
    if world > 1:
        # All end together: one that leaves before the others have done can take them for failed.
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
