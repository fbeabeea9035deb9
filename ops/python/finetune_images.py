"""Fine-tunes a convolutional network of ../shared/models with PyTorch alone, to compare what it reaches.

    python ops/python/finetune_images.py MODEL_DIR DATA.zip --protocol full --side 96 --rates 3e-4,1e-3

DATA.zip is an image folder with train/ and test/. The split, the budget and the recipe are those of `ops/trainer
train` with its defaults: 15 % of each class for validation, by the order of their hashes; AdamW, weight decay 0.01 on
matrices, a warm-up of 10 steps, then a linear fall; gradients clipped at 1; the best of twelve looks at the validation
split. The rate is the one that validation likes best. A linear probe is scikit-learn's logistic regression over the
features, its strength chosen on validation. Prints one JSON object for each rate, then the chosen one with its test
accuracy.
"""

import argparse
import copy
import hashlib
import io
import json
import os
import zipfile

import numpy as np
import torch
from networks import MobileNetV2, ResNet20, named_as_published
from PIL import Image
from safetensors.torch import load_file
from torch import nn

LOOKS = 12
VALIDATION = 0.15
AT_ONCE = 64


def split(archive):
    """Names with labels: (train, validation, test), and the classes."""
    parts = {"train": {}, "test": {}}
    for name in sorted(archive.namelist()):
        place = name.split("/")
        if len(place) == 3 and place[0] in parts and place[2]:
            parts[place[0]].setdefault(place[1], []).append(name)
    classes = sorted(parts["train"])
    train, validation = [], []
    for label, of in enumerate(classes):
        names = sorted(parts["train"][of], key=lambda name: hashlib.sha256(archive.read(name)).hexdigest())
        held = max(1, int(len(names) * VALIDATION + 0.5))
        validation += [(name, label) for name in names[:held]]
        train += [(name, label) for name in names[held:]]
    test = [(name, classes.index(of)) for of in classes for name in parts["test"][of]]
    return train, validation, test, classes


def pixels(archive, samples, side, config):
    """(N, 3, side, side) normalised floats and (N) labels."""
    mean, std = (torch.tensor(config[key]).view(3, 1, 1) for key in ("mean", "std"))
    images = []
    for name, _ in samples:
        image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
        if image.size != (side, side):
            image = image.resize((side, side), Image.Resampling.BILINEAR)
        images.append((torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255 - mean) / std)
    return torch.stack(images), torch.tensor([label for _, label in samples])


def changed(images, random, flips, shift):
    """Each moved by up to so many pixels, its edge repeated, and half of them mirrored."""
    side = images.shape[-1]
    padded = nn.functional.pad(images, (shift,) * 4, mode="replicate")
    out = torch.empty_like(images)
    for i in range(len(images)):
        x, y = (int(torch.randint(0, 2 * shift + 1, (), generator=random)) for _ in range(2))
        one = padded[i, :, y : y + side, x : x + side]
        out[i] = one.flip(-1) if flips and torch.rand((), generator=random) < 0.5 else one
    return out


def pretrained(folder, config, classes, seed):
    torch.manual_seed(seed)
    network = (MobileNetV2 if "mobilenet" in config["architecture"] else ResNet20)(config)
    stored = load_file(os.path.join(folder, "model.safetensors"))
    own = {}
    for name, tensor in network.state_dict().items():
        published = named_as_published(network, name)
        own[name] = stored[published].reshape(tensor.shape) if published in stored else tensor
    network.load_state_dict(own)
    network.classifier = nn.Linear(network.classifier.in_features, classes)
    return network


@torch.no_grad()
def answers(network, images):
    network.eval()
    return torch.cat([network(images[at : at + AT_ONCE]) for at in range(0, len(images), AT_ONCE)])


def accuracy(network, images, labels):
    return (answers(network, images).argmax(1) == labels).float().mean().item()


def trained(network, train, validation, rate, options):
    """The weights that validation liked best, its accuracy, and the losses of the steps."""
    images, labels = train
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in network.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    warm = max(10, round(0.08 * options.steps))
    random = torch.Generator().manual_seed(options.seed)
    order = torch.cat([torch.randperm(len(images), generator=random) for _ in range(1 + options.steps * options.batch // len(images))])
    best, kept, losses = -1.0, None, []
    for step in range(1, options.steps + 1):
        share = step / warm if step <= warm else (options.steps - step) / (options.steps - warm)
        for group in optimizer.param_groups:
            group["lr"] = rate * share
        some = order[(step - 1) * options.batch : step * options.batch]
        batch = images[some]
        if options.flips or options.shift:
            batch = changed(batch, random, options.flips, options.shift)
        network.train()
        loss = nn.functional.cross_entropy(network(batch), labels[some])
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if step % max(1, options.steps // LOOKS) == 0 or step == options.steps:
            value = accuracy(network, *validation)
            if value > best:
                best, kept = value, copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return best, losses


def probed(network, train, validation, test):
    from sklearn.linear_model import LogisticRegression

    network.classifier = nn.Identity()
    seen = [answers(network, images).numpy() for images, _ in (train, validation, test)]
    mean, deviation = seen[0].mean(0), seen[0].std(0) + 1e-8
    seen = [(features - mean) / deviation for features in seen]
    best = None
    for strength in 10.0 ** np.arange(-5, 3):
        fit = LogisticRegression(C=strength, max_iter=1000).fit(seen[0], train[1])
        value = fit.score(seen[1], validation[1])
        if best is None or value > best["validation"]:
            best = {"c": float(strength), "validation": value, "test": fit.score(seen[2], test[1])}
    return best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--protocol", choices=("full", "linear_probe"), default="full")
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--steps", type=int, default=70)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rates", default="3e-4,1e-3")
    parser.add_argument("--flips", action="store_true")
    parser.add_argument("--shift", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with open(os.path.join(options.model, "config.json")) as file:
        config = json.load(file)
    with zipfile.ZipFile(options.data) as archive:
        *samples, classes = split(archive)
        train, validation, test = (pixels(archive, some, options.side, config) for some in samples)
    if options.protocol == "linear_probe":
        print(json.dumps(probed(pretrained(options.model, config, len(classes), options.seed), train, validation, test)))
        return
    best = None
    for rate in map(float, options.rates.split(",")):
        network = pretrained(options.model, config, len(classes), options.seed)
        value, losses = trained(network, train, validation, rate, options)
        shown = [round(loss, 4) for loss in losses]
        print(json.dumps({"rate": rate, "validation": value, "test": accuracy(network, *test[:2]), "losses": shown}), flush=True)
        if best is None or value > best["validation"]:
            best = {"rate": rate, "validation": value, "test": accuracy(network, *test[:2])}
    print(json.dumps({"chosen": best}))


if __name__ == "__main__":
    main()
