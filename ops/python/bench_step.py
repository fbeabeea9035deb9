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
import sys
import time

import torch
from networks import MobileNetV2, ResNet20
from torch import nn

LORA_RANK = 8


def convolutional(config, arguments):
    model = (MobileNetV2 if "mobilenet" in config["architecture"] else ResNet20)(config)
    head = model.classifier

    def batch(rows):
        pixels = torch.randn(rows, 3, arguments.side, arguments.side)
        labels = torch.randint(0, config["num_classes"], (rows,))
        return lambda: nn.functional.cross_entropy(model(pixels), labels)

    return model, head, batch


def transformer(config, arguments):
    sys.modules.setdefault("torchvision", None)  # not needed, and often made for another torch
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


if __name__ == "__main__":
    main()
