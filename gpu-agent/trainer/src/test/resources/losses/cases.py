"""Losses of short trainings by transformers and PEFT on the stored tiny models: python cases.py > cases.json

Batches are formulas of step and place, so that another implementation can make the same."""
import json
import math
import sys

sys.modules["torchvision"] = None
import torch
import torch.nn.functional as F
import transformers as tf
from peft import LoraConfig, get_peft_model

torch.manual_seed(0)
STEPS, PEAK = 12, 2e-3
GOLDEN = "../golden/"


def pixels(step, rows=4, side=32):
    n = rows * 3 * side * side
    i = torch.arange(n, dtype=torch.float64)
    return torch.sin(0.37 * i + 1.7 * step + 0.0003 * i * step).float().reshape(rows, 3, side, side)


def labels(step, rows=4, classes=5):
    return torch.tensor([(7 * step + 3 * r) % classes for r in range(rows)])


def shares(step, rows=4, classes=5):
    own = 0.5 + 0.04 * step
    one = F.one_hot(labels(step, rows, classes), classes).double()
    other = F.one_hot((labels(step, rows, classes) + 1) % classes, classes).double()
    return (own * one + (1 - own) * other).float()


def ids(step, rows=3, length=10, vocabulary=50):
    return torch.tensor([[(5 * step + 3 * r + 7 * t + r * t) % vocabulary for t in range(length)] for r in range(rows)])


def rate(step, warmup, falls, shape):
    if step <= warmup:
        return PEAK * step / warmup
    left = STEPS - step + 1
    if left >= falls:
        return PEAK
    share = left / falls
    return PEAK * (share if shape == "linear" else (1 - math.cos(math.pi * share)) / 2)


def run(model, loss, optimizer, schedule):
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [dict(params=[p for p in trained if p.dim() > 1], weight_decay=0.05),
              dict(params=[p for p in trained if p.dim() <= 1], weight_decay=0.0)]
    opt = optimizer(groups)
    losses = []
    for step in range(1, STEPS + 1):
        opt.zero_grad()
        value = loss(model, step)
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        for group in opt.param_groups:
            group["lr"] = rate(step, *schedule)
        opt.step()
        losses.append(value.item())
    return losses


adamw = lambda groups: torch.optim.AdamW(groups, lr=PEAK)
sgd = lambda groups: torch.optim.SGD(groups, lr=PEAK, momentum=0.9, nesterov=True)
vit = lambda: tf.ViTForImageClassification.from_pretrained(GOLDEN + "vit")
resnet = lambda: tf.ResNetForImageClassification.from_pretrained(GOLDEN + "resnet")
image = lambda smoothing, classes=5: lambda m, s: F.cross_entropy(
    m(pixels(s)).logits, labels(s, classes=classes), label_smoothing=smoothing)


def lora():
    model = get_peft_model(vit(), LoraConfig(r=4, lora_alpha=8, use_rslora=True, target_modules=["attention.query", "attention.value", "q_proj", "v_proj"],
                                             modules_to_save=["classifier"]))
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_A" in name:
                p.copy_((0.1 * torch.sin(torch.arange(p.numel(), dtype=torch.float64))).float().reshape(p.shape))
    return model


cases = {
    "vit adamw linear": run(vit(), image(0.1), adamw, (3, 9, "linear")),
    "vit sgd cosine": run(vit(), image(0.0), sgd, (0, 12, "cosine")),
    # By SGD: Adam's first steps follow signs of gradients that are 0 but for rounding, in front of every batch norm.
    "resnet sgd cosine": run(resnet(), image(0.0, 4), sgd, (0, 12, "cosine")),
    "vit adamw mixed": run(vit(), lambda m, s: F.cross_entropy(m(pixels(s)).logits, shares(s), label_smoothing=0.1),
                           adamw, (2, 4, "linear")),
    "vit lora": run(lora(), image(0.0), adamw, (2, 0, "linear")),
    "gpt2 adamw constant": run(tf.GPT2LMHeadModel.from_pretrained(GOLDEN + "gpt2"),
                               lambda m, s: m(ids(s), labels=ids(s)).loss, adamw, (3, 0, "linear")),
}
print(json.dumps(cases, indent=1))
