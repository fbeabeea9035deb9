"""Convolutional networks as the Python peer builds them: plain PyTorch, made from the config.json of their weights."""

import re

import torch
from torch import nn


class ResNet20(nn.Module):
    """He et al. 2015, section 4.2, with shortcuts that have no parameters."""

    class Block(nn.Module):
        def __init__(self, inside, out):
            super().__init__()
            stride = 1 if inside == out else 2
            self.conv1 = nn.Conv2d(inside, out, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(out)
            self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(out)
            self.missing = out - inside

        def forward(self, x):
            y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
            if self.missing:
                half = self.missing // 2
                x = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, half, half))
            return torch.relu(y + x)

    def __init__(self, config):
        super().__init__()
        widths, blocks = config["widths"], config["blocks_per_stage"]
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU())
        layers, inside = [], widths[0]
        for width in widths:
            for _ in range(blocks):
                layers.append(self.Block(inside, width))
                inside = width
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Linear(inside, config["num_classes"])

    def forward(self, x):
        return self.classifier(self.layers(self.stem(x)).mean((2, 3)))


class MobileNetV2(nn.Module):
    """Sandler et al. 2018, as torchvision builds it."""

    STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    @staticmethod
    def unit(inside, out, kernel=1, stride=1, groups=1):
        convolution = nn.Conv2d(inside, out, kernel, stride, kernel // 2, groups=groups, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU6(inplace=True))

    class Block(nn.Module):
        def __init__(self, inside, out, stride, expansion):
            super().__init__()
            wide = inside * expansion
            layers = [MobileNetV2.unit(inside, wide)] if expansion > 1 else []
            layers += [MobileNetV2.unit(wide, wide, 3, stride, wide), nn.Conv2d(wide, out, 1, bias=False), nn.BatchNorm2d(out)]
            self.conv = nn.Sequential(*layers)
            self.residual = stride == 1 and inside == out

        def forward(self, x):
            return x + self.conv(x) if self.residual else self.conv(x)

    def __init__(self, config):
        super().__init__()
        layers, inside = [self.unit(3, 32, 3, 2)], 32
        for expansion, out, count, stride in self.STAGES:
            for i in range(count):
                layers.append(self.Block(inside, out, stride if i == 0 else 1, expansion))
                inside = out
        layers.append(self.unit(inside, 1280))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(1280, config["num_classes"])

    def forward(self, x):
        return self.classifier(nn.functional.dropout(self.features(x).mean((2, 3)), 0.2, self.training))


def named_as_published(network, name):
    """What the files of weights call a tensor of these classes."""
    name = re.sub("^classifier", "linear" if isinstance(network, ResNet20) else "classifier.1", name)
    if isinstance(network, MobileNetV2):
        return name
    name = name.replace("stem.0.", "conv1.").replace("stem.1.", "bn1.")
    blocks = len(network.layers) // 3
    return re.sub(
        r"^layers\.(\d+)", lambda block: "layer%d.%d" % (int(block[1]) // blocks + 1, int(block[1]) % blocks), name
    )
