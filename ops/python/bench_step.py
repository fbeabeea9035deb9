"""Times training steps of the Python peer: PyTorch, with transformers and PEFT.

    python ops/python/bench_step.py CONFIG.json PROTOCOL --batch N [--length TOKENS | --side PIXELS] [--steps N]

CONFIG.json is the one that `ops/trainer estimate` reads; weights and data are random. One thread, fused AdamW,
scaled_dot_product_attention, everything in 32 bits. Prints one JSON object: CPU milliseconds of a step (the mean
after two warm ones), and the bytes that the steps needed beyond what the process had before, by the kernel's account.
"""

import argparse
import ctypes
import gc
import json
import time

import torch
from torch import nn

LORA_RANK = 8


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


def convolutional(config, arguments):
    model = (MobileNetV2 if "mobilenet" in config["architecture"] else ResNet20)(config)
    head = model.classifier

    def batch(rows):
        pixels = torch.randn(rows, 3, arguments.side, arguments.side)
        labels = torch.randint(0, config["num_classes"], (rows,))
        return lambda: nn.functional.cross_entropy(model(pixels), labels)

    return model, head, batch


def transformer(config, arguments):
    import transformers

    kind = config["model_type"]
    settings = transformers.AutoConfig.for_model(**config)
    settings._attn_implementation = "sdpa"
    if kind == "vit":
        model = transformers.AutoModelForImageClassification.from_config(settings)
        head = model.classifier
    elif kind == "llama":
        model = transformers.AutoModelForCausalLM.from_config(settings)
        model.config.use_cache = False
        head = model.lm_head
    else:
        model = transformers.AutoModelForSequenceClassification.from_config(settings)
        head = model.classifier

    def batch(rows):
        if kind == "vit":
            inputs = dict(pixel_values=torch.randn(rows, 3, settings.image_size, settings.image_size),
                          labels=torch.randint(0, settings.num_labels, (rows,)))
        else:
            ids = torch.randint(5, settings.vocab_size, (rows, arguments.length))
            inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids),
                          labels=ids if kind == "llama" else torch.randint(0, settings.num_labels, (rows,)))
        return lambda: model(**inputs).loss

    return model, head, batch


def prepared(model, head, protocol):
    """The model as the protocol trains it; only what trains asks for gradients."""
    if protocol == "lora":
        import peft

        targets = [name for name, module in model.named_modules() if isinstance(module, nn.Linear) and module is not head]
        saved = [name for name, module in model.named_modules() if module is head and not name.startswith("lm_head")]
        config = peft.LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, target_modules=targets, modules_to_save=saved or None)
        return peft.get_peft_model(model, config)
    if protocol == "linear_probe":
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        for parameter in head.parameters():
            parameter.requires_grad_(True)
    return model


def kibibytes(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("protocol", choices=("full", "lora", "linear_probe"))
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--steps", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    with open(arguments.config) as file:
        config = json.load(file)
    build = transformer if "model_type" in config else convolutional

    def session(rows):
        model, head, batch = build(config, arguments)
        model = prepared(model, head, arguments.protocol)
        model.train()
        if arguments.protocol == "linear_probe" and build is convolutional:
            model.eval()  # statistics of frozen layers stay
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=1e-5, weight_decay=0.01, fused=True)
        loss = batch(rows)

        def step():
            loss().backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        return step

    session(1)()  # the libraries' own code and tables come into memory when they are first used
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = kibibytes("VmRSS:")
    step = session(arguments.batch)
    step()
    step()
    start = time.process_time()
    for _ in range(arguments.steps):
        step()
    cpu = (time.process_time() - start) / arguments.steps
    print(json.dumps(dict(cpu_ms=1000 * cpu, peak_bytes=1024 * (kibibytes("VmHWM:") - before))))


main()
