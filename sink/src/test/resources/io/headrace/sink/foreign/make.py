"""Makes the files beside it: nets with seeded weights as PyTorch saves them, and what they give.

For each net NAME.safetensors is its state_dict, NAME.onnx what torch.onnx.export makes of it, and
NAME.rows.safetensors four rows: "x" as Headrace lays them out (channels behind height and width,
steps before channels) and "y", the probabilities. Needs PyTorch and NumPy; safetensors are written
by hand. Run: python3 make.py
"""

import json
import struct

import torch
from torch import nn


def save(name, tensors):
    header, data = {}, b""
    for key, tensor in tensors.items():
        values = tensor.detach().contiguous()
        raw = values.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[values.dtype]
        header[key] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4 * 3 * 2, 3)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        return self.fc(torch.flatten(x, 1))


class Steps(nn.Module):
    """A recurrent layer behind a convolution over steps and a norm."""

    def __init__(self, recurrent):
        super().__init__()
        self.conv = nn.Conv1d(4, 5, 3, padding=1)
        self.norm = nn.LayerNorm(5)
        self.rnn = recurrent
        self.fc = nn.Linear(6 * (2 if recurrent.bidirectional else 1), 3)

    def forward(self, x):
        x = self.norm(self.conv(x.transpose(1, 2)).transpose(1, 2))
        _, state = self.rnn(x)
        state = state[0] if isinstance(state, tuple) else state
        return self.fc(torch.cat(list(state), dim=1))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(19, 5, padding_idx=0)
        self.fc = nn.Linear(7 * 5, 3)

    def forward(self, x):
        return self.fc(torch.flatten(self.words(x), 1))


def make(name, net, x, channels_last):
    for parameter in net.parameters():
        nn.init.normal_(parameter, 0.1, 0.4)
    if name == "words":
        with torch.no_grad():
            net.words.weight[0] = 0
    if name == "images":
        with torch.no_grad():
            net.norm.running_mean.normal_()
            net.norm.running_var.uniform_(0.5, 2)
    net.eval()
    save(name + ".safetensors", net.state_dict())
    torch.onnx.export(net, x, name + ".onnx", opset_version=13, input_names=["x"], output_names=["y"])
    rows = x.permute(0, 2, 3, 1) if channels_last else x
    save(name + ".rows.safetensors", {"x": rows, "y": torch.softmax(net(x), dim=1)})


torch.manual_seed(20261126)
make("images", Images(), torch.randn(4, 3, 6, 5), True)
make("lstm", Steps(nn.LSTM(5, 6, batch_first=True, bidirectional=True)), torch.randn(4, 7, 4), False)
make("gru", Steps(nn.GRU(5, 6, batch_first=True, bidirectional=True)), torch.randn(4, 7, 4), False)
make("rnn", Steps(nn.RNN(5, 6, batch_first=True)), torch.randn(4, 7, 4), False)
make("words", Words(), torch.randint(1, 19, (4, 7)), False)
