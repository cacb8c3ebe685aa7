"""Records a few training steps of small networks from PyTorch, for PyTorchOracleTest.

Run by hand from the engine's folder, with PyTorch 1.13 or later (Debian: python3-torch):

    /usr/bin/python3 src/test/oracle/record.py src/test/resources/oracle

Inputs, labels, weights of rows and first parameters are the same formula of a counter here and in
the test, so that only results are recorded. Everything is computed in double precision.

Lines of a recording, tensors in layer order and under the names of our checkpoints:

    tensor NAME LOW HIGH          first values: numbers LOW to HIGH of stream 1, 2, 3, ...
    gradient NAME SQUARES DOT     of the first step: sum of squares, dot product with a stream
    loss VALUE                    one a step
    final NAME SQUARES DOT        the same of parameters and running statistics after the last step

Tensors have our layouts, not PyTorch's: a convolution's weights are [out][height][width][in], its
input and output [height][width][channels], a dense layer's weights [in][out].
Recurrent layers have weights [in][gates][units], gates in PyTorch's order: i, f, g, o (LSTM) and
r, z, n (GRU). A GRU's recurrent weights begin with those of n, which it resets after the product,
and its biases with the one of that product; other biases are added once, not twice as in PyTorch.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

STEPS = 20
MASK = (1 << 64) - 1
FEATURES, LABELS, WEIGHTS, DOTS, TOKENS, LENGTHS = 1000, 2000, 3000, 4000, 5000, 6000
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


class Model:
    """Parameters and running statistics of a network, by name, in layer order."""

    def __init__(self):
        self.parameters = {}
        self.states = {}
        self.tensors = []

    def parameter(self, name, low, high, *shape):
        self.tensors.append(f"tensor {name} {low} {high}")
        value = numbers(len(self.tensors), low, high, *shape).requires_grad_()
        self.parameters[name] = value
        return value

    def dense(self, index, inputs, outputs, limit=0.5):
        weight = self.parameter(f"{index}.dense.weight", -limit, limit, inputs, outputs)
        bias = self.parameter(f"{index}.dense.bias", -limit, limit, outputs)
        return lambda x: x @ weight + bias

    def step_dense(self, index, inputs, outputs):
        weight = self.parameter(f"{index}.step-dense.weight", -0.5, 0.5, inputs, 1, outputs)
        bias = self.parameter(f"{index}.step-dense.bias", -0.5, 0.5, outputs)
        return lambda x: x @ weight[:, 0] + bias

    def linear(self, index, inputs):
        weight = self.parameter(f"{index}.linear.weight", -0.5, 0.5, inputs, 1)
        bias = self.parameter(f"{index}.linear.bias", -0.5, 0.5, 1)
        return lambda x: x @ weight + bias

    def sparse_linear(self, index, ids, outputs=1):
        weight = self.parameter(f"{index}.linear.weight", -0.5, 0.5, ids, outputs)
        bias = self.parameter(f"{index}.linear.bias", -0.5, 0.5, outputs)
        return lambda pairs: (pairs[1][..., None] * weight[pairs[0]]).sum(1) + bias

    def fm(self, index, ids, factors):
        """Rendle's equation 1, its last term: every two features of a row."""
        table = self.parameter(f"{index}.fm.factors", -0.5, 0.5, ids, 1, factors)

        def forward(pairs):
            vectors = pairs[1][..., None] * table[pairs[0], 0]
            products = vectors @ vectors.transpose(1, 2)
            return products.triu(1).sum((1, 2))[:, None]

        return forward

    def ffm(self, index, ids, fields, factors):
        """Equation 4 of Juan et al.: every two features of a row, each for the other's field."""
        table = self.parameter(f"{index}.ffm.factors", -0.5, 0.5, ids, 1, fields, factors)

        def forward(pairs):
            field = torch.arange(pairs[0].shape[1]) % fields
            vectors = pairs[1][..., None, None] * table[pairs[0], 0]
            towards = vectors[:, :, field]  # [rows, i, j, factors]: v_i for the field of j
            products = (towards * towards.transpose(1, 2)).sum(-1)
            return products.triu(1).sum((1, 2))[:, None]

        return forward

    def field_embedding(self, index, ids, fields, width):
        """The sum of a row's vectors times values in every field, side by side."""
        table = self.parameter(f"{index}.embedding.weight", -0.5, 0.5, ids, width)

        def forward(pairs):
            vectors = pairs[1][..., None] * table[pairs[0]]
            field = torch.arange(pairs[0].shape[1]) % fields
            return torch.cat([vectors[:, field == f].sum(1) for f in range(fields)], 1)

        return forward

    def conv2d(self, index, inputs, outputs, size, limit=0.25, biased=True, **options):
        weight = self.parameter(
            f"{index}.conv2d.weight", -limit, limit, outputs, size, size, inputs
        )
        bias = self.parameter(f"{index}.conv2d.bias", -limit, limit, outputs) if biased else None
        return lambda x: F.conv2d(x, weight.permute(0, 3, 1, 2), bias, **options)

    def causal_conv1d(self, index, inputs, outputs, size, dilation, limit=0.25):
        weight = self.parameter(f"{index}.conv1d.weight", -limit, limit, outputs, size, inputs)
        bias = self.parameter(f"{index}.conv1d.bias", -limit, limit, outputs)

        def forward(x):
            padded = F.pad(x, ((size - 1) * dilation, 0))
            return F.conv1d(padded, weight.permute(0, 2, 1), bias, dilation=dilation)

        return forward

    def batch_norm(self, index, channels):
        name = f"{index}.batch-norm"
        scale = self.parameter(f"{name}.scale", 0.5, 1.5, channels)
        shift = self.parameter(f"{name}.shift", -0.5, 0.5, channels)
        mean = self.states[f"{name}.running.mean"] = torch.zeros(channels)
        variance = self.states[f"{name}.running.variance"] = torch.ones(channels)
        return lambda x: F.batch_norm(x, mean, variance, scale, shift, training=True)

    def layer_norm(self, index, width):
        scale = self.parameter(f"{index}.layer-norm.scale", 0.5, 1.5, width)
        shift = self.parameter(f"{index}.layer-norm.shift", -0.5, 0.5, width)
        return lambda x: F.layer_norm(x, (width,), scale, shift)

    def embedding(self, index, vocabulary, width):
        table = self.parameter(f"{index}.embedding.weight", -0.5, 0.5, vocabulary, width)
        return lambda ids: F.embedding(ids, table)

    def recurrent(self, index, kind, inputs, units, bidirectional=False):
        """A layer over padded rows [rows][steps][inputs] and their lengths: outputs of all steps
        (0 behind the end of a row), and of the last step of each direction side by side."""
        function, gates, biases = {
            "rnn": (torch.rnn_tanh, 1, 1),
            "lstm": (torch.lstm, 4, 4),
            "gru": (torch.gru, 3, 4),
        }[kind]

        def direction(prefix):
            name = f"{index}.{kind}.{prefix}"
            weight = self.parameter(f"{name}weight", -0.5, 0.5, inputs, gates, units)
            recurrent = self.parameter(f"{name}recurrent-weight", -0.5, 0.5, units, gates, units)
            bias = self.parameter(f"{name}bias", -0.5, 0.5, biases, units)

            def theirs():
                first, second, third = recurrent, bias, torch.zeros(gates, units)
                if kind == "gru":
                    first = recurrent[:, [1, 2, 0]]
                    second, third = bias[1:], torch.cat([third[:2], bias[:1]])
                matrices = [m.flatten(1).t() for m in (weight, first)]
                return matrices + [second.flatten(), third.flatten()]

            return theirs

        directions = [direction(prefix) for prefix in ("", "reverse.")[: 1 + bidirectional]]

        def forward(x, lengths):
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            parameters = [tensor for theirs in directions for tensor in theirs()]
            first = torch.zeros(len(directions), len(x), units)
            first = (first, first) if kind == "lstm" else first
            data, last, *_ = function(
                packed.data,
                packed.batch_sizes,
                first,
                parameters,
                has_biases=True,
                num_layers=1,
                dropout=0.0,
                train=True,
                bidirectional=bidirectional,
            )
            last = last[:, packed.unsorted_indices]
            packed = packed._replace(data=data)
            outputs, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
            return outputs, torch.cat(tuple(last), 1)

        return forward


def flat(x):
    """Rows of one dimension in our order, channels innermost, from PyTorch's."""
    return x.movedim(1, -1).flatten(1)


def floats(*shape):
    """An input of dense rows."""
    return lambda step, rows: numbers(FEATURES + step, -2, 2, rows, *shape)


def channels_first(*shape):
    """An input of images or sequences, channels innermost, as PyTorch takes them."""
    source = floats(*shape)
    return lambda step, rows: source(step, rows).movedim(-1, 1)


def full(steps):
    """Lengths of rows that have all their steps."""
    return lambda rows: torch.full((rows,), steps)


def tokens(longest, vocabulary):
    """An input of ids, 0 excepted, which is padding, and how many of them count in each row."""

    def source(step, rows):
        ids = [1 + int(unit(TOKENS + step, i) * (vocabulary - 1)) for i in range(rows * longest)]
        lengths = [1 + int(unit(LENGTHS + step, row) * longest) for row in range(rows)]
        return torch.tensor(ids).reshape(rows, longest), torch.tensor(lengths)

    return source


def sparse(most, ids):
    """An input of hashed features: ids and values, 0 behind the last pair of a row."""

    def source(step, rows):
        places = [int(unit(TOKENS + step, i) * ids) for i in range(rows * most)]
        lengths = torch.tensor([1 + int(unit(LENGTHS + step, row) * most) for row in range(rows)])
        values = numbers(FEATURES + step, -2, 2, rows, most)
        values = values * (torch.arange(most) < lengths[:, None])
        return torch.tensor(places).reshape(rows, most), values

    return source


def softmax(classes):
    def loss(z, labels):
        target = torch.tensor([int(u * classes) for u in labels])
        return F.cross_entropy(z, target, reduction="none")

    return loss


def logistic(z, labels):
    target = torch.tensor([float(int(u * 2)) for u in labels])
    return F.binary_cross_entropy_with_logits(z.reshape(-1), target, reduction="none")


def target_numbers(labels):
    return torch.tensor([u * 4 - 2 for u in labels], dtype=torch.float32).double()


def squared(z, labels):
    return (z.reshape(-1) - target_numbers(labels)) ** 2


def digest(kind, values):
    """Lines that a tensor is known by."""
    lines = []
    for stream, (name, value) in enumerate(values.items(), DOTS + 1):
        against = numbers(stream, -1, 1, *value.shape)
        squares, dot = value.square().sum().item(), (value * against).sum().item()
        lines.append(f"{kind} {name} {squares!r} {dot!r}")
    return lines


def train(
    model, forward, source, loss, rows, optimizer, norm=None, schedule=None, **settings
):
    lines = list(model.tensors)
    optimizer = optimizer(model.parameters.values(), **settings)
    schedule = schedule(optimizer) if schedule else None
    for step in range(STEPS):
        count = rows - step % 3
        labels = [unit(LABELS + step, row) for row in range(count)]
        weights = numbers(WEIGHTS + step, 0.5, 1.5, count)
        optimizer.zero_grad()
        value = (loss(forward(source(step, count)), labels) * weights).mean()
        value.backward()
        if step == 0:
            gradients = {name: p.grad for name, p in model.parameters.items()}
            lines += digest("gradient", gradients)
        if norm:
            torch.nn.utils.clip_grad_norm_(model.parameters.values(), norm)
        optimizer.step()
        if schedule:
            schedule.step()
        lines.append(f"loss {value.item()!r}")
    with torch.no_grad():
        return lines + digest("final", model.parameters | model.states)


def mlp_adam():
    model = Model()
    first, second, third = model.dense(0, 19, 33), model.dense(1, 33, 17), model.dense(3, 17, 5)

    def forward(x):
        return third(torch.tanh(second(F.relu(first(x)))))

    settings = {"lr": 0.01, "weight_decay": 0.001}
    return train(model, forward, floats(19), softmax(5), 37, torch.optim.Adam, **settings)


def linear_sgd():
    model = Model()
    linear = model.linear(0, 28)
    settings = {"lr": 0.1, "momentum": 0.9}
    return train(model, linear, floats(28), logistic, 64, torch.optim.SGD, **settings)


def gelu_adagrad():
    model = Model()
    first, second = model.dense(0, 7, 12), model.dense(1, 12, 1)

    def forward(x):
        return second(F.gelu(first(x), approximate="tanh"))

    return train(model, forward, floats(7), squared, 11, torch.optim.Adagrad, lr=0.05)


def smooth_adamw():
    model = Model()
    first, second = model.dense(0, 13, 9), model.dense(1, 9, 4)

    def forward(x):
        return second(torch.tanh(first(x)))

    def loss(z, labels):
        target = torch.tensor([int(u * 4) for u in labels])
        weights = torch.tensor([1, 2, 0.5, 1.5])
        return F.cross_entropy(
            z, target, weight=weights, label_smoothing=0.1, reduction="none"
        )

    settings = {"lr": 0.02, "weight_decay": 0.1}
    return train(model, forward, floats(13), loss, 33, torch.optim.AdamW, **settings)


def huber_rmsprop():
    model = Model()
    first, second = model.dense(0, 6, 17), model.dense(1, 17, 1)

    def forward(x):
        return second(torch.tanh(first(x)))

    def loss(z, labels):
        return F.huber_loss(z.reshape(-1), target_numbers(labels), delta=0.7, reduction="none")

    settings = {"lr": 0.005, "alpha": 0.95, "momentum": 0.5}
    return train(model, forward, floats(6), loss, 24, torch.optim.RMSprop, **settings)


def poisson_nesterov():
    model = Model()
    linear = model.linear(0, 6)

    def loss(z, labels):
        target = torch.tensor([float(int(u * 6)) for u in labels])
        nll = F.poisson_nll_loss(
            z.reshape(-1), target, log_input=True, full=False, reduction="none"
        )
        return nll + torch.xlogy(target, target) - target

    settings = {"lr": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}
    return train(model, linear, floats(6), loss, 40, torch.optim.SGD, **settings)


def clipped_cosine():
    model = Model()
    first, second = model.dense(0, 11, 23), model.dense(1, 23, 3)

    def forward(x):
        return second(torch.tanh(first(x)))

    def cosine(optimizer):
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=25, eta_min=0.005)

    settings = {"lr": 0.05, "norm": 0.3, "schedule": cosine}
    return train(model, forward, floats(11), softmax(3), 30, torch.optim.Adam, **settings)


def cnn_adam():
    """conv, relu, max-pool, conv, relu, max-pool, flatten, dense"""
    model = Model()
    first = model.conv2d(0, 3, 8, 3, padding=1)
    second = model.conv2d(3, 8, 16, 3, padding=1)
    last = model.dense(7, 3 * 2 * 16, 5)

    def forward(x):
        h = F.max_pool2d(F.relu(first(x)), 2)
        return last(flat(F.max_pool2d(F.relu(second(h)), 2)))

    images = channels_first(12, 8, 3)
    return train(model, forward, images, softmax(5), 19, torch.optim.Adam, lr=0.005)


def batch_norm_cnn_momentum():
    """conv, batch-norm, relu, conv, batch-norm, relu, global-avg-pool, dense"""
    model = Model()
    first, first_norm = model.conv2d(0, 3, 6, 3, stride=2, padding=1), model.batch_norm(1, 6)
    second, second_norm = model.conv2d(3, 6, 10, 3, stride=2, padding=1), model.batch_norm(4, 10)
    last = model.dense(7, 10, 5)

    def forward(x):
        h = F.relu(first_norm(first(x)))
        h = F.relu(second_norm(second(h)))
        return last(h.mean((2, 3)))

    images = channels_first(11, 9, 3)
    settings = {"lr": 0.05, "momentum": 0.9}
    return train(model, forward, images, softmax(5), 19, torch.optim.SGD, **settings)


def strided_cnn_momentum():
    """conv, batch-norm, relu, conv of stride 2, batch-norm, relu, conv of stride 2, relu,
    global-avg-pool, dense, of sizes that tiles are made for"""
    model = Model()
    first = model.conv2d(0, 3, 32, 3, biased=False, padding=1)
    first_norm = model.batch_norm(1, 32)
    second = model.conv2d(3, 32, 48, 3, 0.1, biased=False, stride=2, padding=1)
    second_norm = model.batch_norm(4, 48)
    third = model.conv2d(6, 48, 16, 3, 0.1, stride=2, padding=1)
    last = model.dense(9, 16, 5)

    def forward(x):
        h = F.relu(first_norm(first(x)))
        h = F.relu(second_norm(second(h)))
        return last(F.relu(third(h)).mean((2, 3)))

    images = channels_first(16, 32, 3)
    settings = {"lr": 0.05, "momentum": 0.9}
    return train(model, forward, images, softmax(5), 19, torch.optim.SGD, **settings)


def causal_conv1d_adam():
    """conv1d, relu, conv1d with dilation 2, relu, flatten, dense"""
    model = Model()
    first = model.causal_conv1d(0, 3, 6, 3, 1)
    second = model.causal_conv1d(2, 6, 5, 3, 2)
    last = model.dense(5, 13 * 5, 4)

    def forward(x):
        return last(flat(F.relu(second(F.relu(first(x))))))

    sequences = channels_first(13, 3)
    return train(model, forward, sequences, softmax(4), 23, torch.optim.Adam, lr=0.01)


def layer_norm_adam():
    """dense, layer-norm, leaky-relu, dense, sigmoid, dense"""
    model = Model()
    first, norm = model.dense(0, 13, 21), model.layer_norm(1, 21)
    second, last = model.dense(3, 21, 9), model.dense(5, 9, 4)

    def forward(x):
        h = F.leaky_relu(norm(first(x)), 0.01)
        return last(torch.sigmoid(second(h)))

    return train(model, forward, floats(13), softmax(4), 29, torch.optim.Adam, lr=0.01)


def recurrent_adam(kind):
    """One recurrent layer over dense steps, its last output, dense"""
    model = Model()
    cell, last = model.recurrent(0, kind, 5, 11), model.dense(1, 11, 4)
    lengths = full(7)

    def forward(x):
        return last(cell(x, lengths(len(x)))[1])

    return train(model, forward, floats(7, 5), softmax(4), 23, torch.optim.Adam, lr=0.01)


def bidirectional_lstm_adam():
    """A bidirectional lstm that gives all steps, an lstm that gives its last, dense"""
    model = Model()
    both = model.recurrent(0, "lstm", 5, 6, bidirectional=True)
    single, last = model.recurrent(1, "lstm", 12, 7), model.dense(2, 7, 4)
    lengths = full(7)

    def forward(x):
        steps, _ = both(x, lengths(len(x)))
        return last(single(steps, lengths(len(x)))[1])

    return train(model, forward, floats(7, 5), softmax(4), 23, torch.optim.Adam, lr=0.01)


def tokens_adagrad(kind, bidirectional=False):
    """Tokens in rows of different lengths, embedding, a recurrent layer, dense"""
    model = Model()
    table = model.embedding(0, 11, 4)
    cell = model.recurrent(1, kind, 4, 6, bidirectional)
    last = model.dense(2, 12 if bidirectional else 6, 3)

    def forward(batch):
        ids, lengths = batch
        return last(cell(table(ids), lengths)[1])

    return train(model, forward, tokens(9, 11), softmax(3), 23, torch.optim.Adagrad, lr=0.1)


def tokens_steps_momentum():
    """Tokens in rows of different lengths, embedding, step-dense, batch-norm, relu, step-dense with
    tanh, layer-norm, global-avg-pool, dense; what is not a step of a row is left out of each"""
    model = Model()
    table = model.embedding(0, 11, 4)
    first, batch_norm = model.step_dense(1, 4, 7), model.batch_norm(2, 7)
    second, layer_norm = model.step_dense(4, 7, 5), model.layer_norm(5, 5)
    last = model.dense(7, 5, 3)

    def forward(batch):
        ids, lengths = batch
        real = torch.arange(ids.shape[1]) < lengths[:, None]
        h = F.relu(batch_norm(first(table(ids[real]))))
        h = layer_norm(torch.tanh(second(h)))
        rows = h.split(lengths.tolist())
        return last(torch.stack([row.mean(0) for row in rows]))

    settings = {"lr": 0.05, "momentum": 0.9}
    return train(model, forward, tokens(9, 11), softmax(3), 23, torch.optim.SGD, **settings)


def towers_adam():
    """Numbers through dense and tanh beside tokens through embedding and lstm, dense, dense"""
    model = Model()
    inner = model.dense("0.towers.inputs.numbers.0", 6, 7)
    table = model.embedding("0.towers.inputs.text.0", 11, 4)
    cell = model.recurrent("0.towers.inputs.text.1", "lstm", 4, 5)
    first, last = model.dense(1, 12, 10), model.dense(2, 10, 3)
    words, values = tokens(9, 11), floats(6)

    def forward(batch):
        (ids, lengths), x = batch
        beside = torch.cat([torch.tanh(inner(x)), cell(table(ids), lengths)[1]], 1)
        return last(F.relu(first(beside)))

    def both(step, rows):
        return words(step, rows), values(step, rows)

    return train(model, forward, both, softmax(3), 23, torch.optim.Adam, lr=0.01)


def fm_adagrad():
    """A factorization machine: linear + fm"""
    model = Model()
    first = model.sparse_linear("0.towers.inputs.first.0", 1024)
    second = model.fm("0.towers.inputs.second.0", 1024, 5)

    def forward(pairs):
        return first(pairs) + second(pairs)

    return train(model, forward, sparse(12, 1024), logistic, 23, torch.optim.Adagrad, lr=0.05)


def lazy(optimizer, **settings):
    """linear over features that most batches lack: PyTorch's steps move all weights in each"""
    model = Model()
    forward = model.sparse_linear("0", 1024)
    return train(model, forward, sparse(12, 1024), logistic, 23, optimizer, **settings)


def ffm_adagrad():
    """A field-aware factorization machine: linear + ffm; pair i of a row is of field i mod 4"""
    model = Model()
    first = model.sparse_linear("0.towers.inputs.first.0", 1024)
    second = model.ffm("0.towers.inputs.second.0", 1024, 4, 3)

    def forward(pairs):
        return first(pairs) + second(pairs)

    return train(model, forward, sparse(12, 1024), logistic, 23, torch.optim.Adagrad, lr=0.05)


def deepfm_adagrad():
    """DeepFM: linear + fm + the sums of vectors through dense, relu, dense"""
    model = Model()
    vectors = model.sparse_linear("0.towers.inputs.deep.0", 1024, 6)
    hidden = model.dense("0.towers.inputs.deep.1", 6, 9)
    last = model.dense("0.towers.inputs.deep.2", 9, 1)
    first = model.sparse_linear("0.towers.inputs.first.0", 1024)
    second = model.fm("0.towers.inputs.second.0", 1024, 5)

    def forward(pairs):
        deep = last(F.relu(hidden(vectors(pairs))))
        return deep + first(pairs) + second(pairs)

    return train(model, forward, sparse(12, 1024), logistic, 23, torch.optim.Adagrad, lr=0.05)


def deepfm_fields_adagrad():
    """DeepFM: linear + fm + the vectors of 4 fields side by side through dense, relu, dense"""
    model = Model()
    vectors = model.field_embedding("0.towers.inputs.deep.0", 1024, 4, 3)
    hidden = model.dense("0.towers.inputs.deep.1", 12, 9)
    last = model.dense("0.towers.inputs.deep.2", 9, 1)
    first = model.sparse_linear("0.towers.inputs.first.0", 1024)
    second = model.fm("0.towers.inputs.second.0", 1024, 5)

    def forward(pairs):
        return last(F.relu(hidden(vectors(pairs)))) + first(pairs) + second(pairs)

    return train(model, forward, sparse(12, 1024), logistic, 23, torch.optim.Adagrad, lr=0.05)


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
        ("cnn-adam", cnn_adam),
        ("batch-norm-cnn-momentum", batch_norm_cnn_momentum),
        ("strided-cnn-momentum", strided_cnn_momentum),
        ("causal-conv1d-adam", causal_conv1d_adam),
        ("layer-norm-adam", layer_norm_adam),
        ("rnn-adam", lambda: recurrent_adam("rnn")),
        ("lstm-adam", lambda: recurrent_adam("lstm")),
        ("gru-adam", lambda: recurrent_adam("gru")),
        ("bidirectional-lstm-adam", bidirectional_lstm_adam),
        ("tokens-rnn-adagrad", lambda: tokens_adagrad("rnn")),
        ("tokens-lstm-adagrad", lambda: tokens_adagrad("lstm")),
        ("tokens-gru-adagrad", lambda: tokens_adagrad("gru")),
        ("tokens-bidirectional-adagrad", lambda: tokens_adagrad("lstm", True)),
        ("tokens-steps-momentum", tokens_steps_momentum),
        ("towers-adam", towers_adam),
        ("fm-adagrad", fm_adagrad),
        ("deepfm-adagrad", deepfm_adagrad),
        ("ffm-adagrad", ffm_adagrad),
        ("deepfm-fields-adagrad", deepfm_fields_adagrad),
        ("lazy-adam", lambda: lazy(torch.optim.Adam, lr=0.05)),
        ("lazy-adamw", lambda: lazy(torch.optim.AdamW, lr=0.05, weight_decay=0.3)),
        ("lazy-momentum", lambda: lazy(torch.optim.SGD, lr=0.1, momentum=0.9)),
        ("lazy-rmsprop", lambda: lazy(torch.optim.RMSprop, lr=0.02, alpha=0.9, momentum=0.5)),
        ("lazy-adagrad", lambda: lazy(torch.optim.Adagrad, lr=0.1, weight_decay=0.01)),
    ):
        (folder / f"{name}.txt").write_text("\n".join(record()) + "\n")
