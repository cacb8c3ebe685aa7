"""Records the losses of a few training steps from PyTorch, for PyTorchOracleTest.

Run by hand from the engine's folder, with PyTorch 1.13 or later (Debian: python3-torch):

    python3 src/test/oracle/record.py src/test/resources/oracle

Inputs, labels, weights of rows and first parameters are the same formula of a counter here and in
the test, so that only results are recorded. Everything is computed in double precision.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

STEPS = 20
MASK = (1 << 64) - 1
torch.set_default_dtype(torch.float64)


def unit(stream, i):
    """Number i of a stream, within 0 and 1, a multiple of 2^-20: exact in floats."""
    z = ((stream << 32) + i + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return ((z ^ (z >> 31)) >> 44) / (1 << 20)


def numbers(stream, low, high, *shape):
    count = torch.Size(shape).numel()
    values = [low + (high - low) * unit(stream, i) for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).double().reshape(shape)


def batch(step, rows, width):
    x = numbers(1000 + step, -2, 2, rows, width)
    labels = [unit(2000 + step, row) for row in range(rows)]
    weights = numbers(3000 + step, 0.5, 1.5, rows)
    return x, labels, weights


def train(parameters, optimizer, loss, rows, width, norm=None, schedule=None):
    lines = []
    for step in range(STEPS):
        x, labels, weights = batch(step, rows - step % 3, width)
        optimizer.zero_grad()
        value = (loss(x, labels) * weights).mean()
        value.backward()
        if norm:
            torch.nn.utils.clip_grad_norm_(parameters, norm)
        optimizer.step()
        if schedule:
            schedule.step()
        lines.append(f"loss {value.item()!r}")
    for parameter in parameters:
        lines.append(f"sum {parameter.sum().item()!r} {parameter.square().sum().item()!r}")
    return lines


def parameter(stream, *shape):
    return numbers(stream, -0.5, 0.5, *shape).requires_grad_()


def mlp_adam():
    sizes = [19, 33, 17, 5]
    ps = []
    for i in range(3):
        ps += [parameter(2 * i + 1, sizes[i], sizes[i + 1]), parameter(2 * i + 2, sizes[i + 1])]

    def loss(x, labels):
        h = F.relu(x @ ps[0] + ps[1])
        h = torch.tanh(h @ ps[2] + ps[3])
        target = torch.tensor([int(u * 5) for u in labels])
        return F.cross_entropy(h @ ps[4] + ps[5], target, reduction="none")

    return train(ps, torch.optim.Adam(ps, lr=0.01, weight_decay=0.001), loss, 37, 19)


def linear_sgd():
    ps = [parameter(1, 28, 1), parameter(2, 1)]

    def loss(x, labels):
        target = torch.tensor([float(int(u * 2)) for u in labels])
        z = (x @ ps[0] + ps[1]).reshape(-1)
        return F.binary_cross_entropy_with_logits(z, target, reduction="none")

    return train(ps, torch.optim.SGD(ps, lr=0.1, momentum=0.9), loss, 64, 28)


def gelu_adagrad():
    ps = [parameter(1, 7, 12), parameter(2, 12), parameter(3, 12, 1), parameter(4, 1)]

    def loss(x, labels):
        h = F.gelu(x @ ps[0] + ps[1], approximate="tanh")
        target = numbers_of(labels)
        return ((h @ ps[2] + ps[3]).reshape(-1) - target) ** 2

    return train(ps, torch.optim.Adagrad(ps, lr=0.05), loss, 11, 7)


def smooth_adamw():
    ps = [parameter(1, 13, 9), parameter(2, 9), parameter(3, 9, 4), parameter(4, 4)]
    weights = torch.tensor([1, 2, 0.5, 1.5])

    def loss(x, labels):
        h = torch.tanh(x @ ps[0] + ps[1])
        target = torch.tensor([int(u * 4) for u in labels])
        return F.cross_entropy(
            h @ ps[2] + ps[3], target, weight=weights, label_smoothing=0.1, reduction="none"
        )

    return train(ps, torch.optim.AdamW(ps, lr=0.02, weight_decay=0.1), loss, 33, 13)


def huber_rmsprop():
    ps = [parameter(1, 6, 17), parameter(2, 17), parameter(3, 17, 1), parameter(4, 1)]

    def loss(x, labels):
        h = torch.tanh(x @ ps[0] + ps[1])
        z = (h @ ps[2] + ps[3]).reshape(-1)
        return F.huber_loss(z, numbers_of(labels), delta=0.7, reduction="none")

    optimizer = torch.optim.RMSprop(ps, lr=0.005, alpha=0.95, momentum=0.5)
    return train(ps, optimizer, loss, 24, 6)


def poisson_nesterov():
    ps = [parameter(1, 6, 1), parameter(2, 1)]

    def loss(x, labels):
        target = torch.tensor([float(int(u * 6)) for u in labels])
        z = (x @ ps[0] + ps[1]).reshape(-1)
        nll = F.poisson_nll_loss(z, target, log_input=True, full=False, reduction="none")
        return nll + torch.xlogy(target, target) - target

    optimizer = torch.optim.SGD(ps, lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.01)
    return train(ps, optimizer, loss, 40, 6)


def clipped_cosine():
    ps = [parameter(1, 11, 23), parameter(2, 23), parameter(3, 23, 3), parameter(4, 3)]

    def loss(x, labels):
        h = torch.tanh(x @ ps[0] + ps[1])
        target = torch.tensor([int(u * 3) for u in labels])
        return F.cross_entropy(h @ ps[2] + ps[3], target, reduction="none")

    optimizer = torch.optim.Adam(ps, lr=0.05)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=25, eta_min=0.005)
    return train(ps, optimizer, loss, 30, 11, norm=0.3, schedule=cosine)


def numbers_of(labels):
    return torch.tensor([u * 4 - 2 for u in labels], dtype=torch.float32).double()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, record in (
        ("mlp-adam", mlp_adam),
        ("linear-sgd", linear_sgd),
        ("gelu-adagrad", gelu_adagrad),
        ("smooth-adamw", smooth_adamw),
        ("huber-rmsprop", huber_rmsprop),
        ("poisson-nesterov", poisson_nesterov),
        ("clipped-cosine", clipped_cosine),
    ):
        (folder / f"{name}.txt").write_text("\n".join(record()) + "\n")
