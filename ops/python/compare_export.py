"""Compares what Espalier and what transformers and PEFT make of the same export.

    ops/trainer predict MODEL_DIR DATA.zip > logits.jsonl
    python ops/python/compare_export.py MODEL_DIR DATA.zip logits.jsonl

    ops/trainer predict BASE_DIR DATA.zip --adapter ADAPTER_DIR > logits.jsonl
    python ops/python/compare_export.py BASE_DIR DATA.zip logits.jsonl --adapter ADAPTER_DIR

Needs torch, transformers and pillow, and peft for an adapter. Exit code 0 if no logit differs
by more than 1e-4, else 1. Images go through the model's own preprocessor_config.json.
"""

import argparse
import io
import json
import sys
import zipfile

import torch
import transformers
from PIL import Image

LIMIT = 1e-4
BATCH = 32


def image_inputs(folder, data):
    """A function from lines of logits.jsonl to what an image model takes."""
    processor = transformers.AutoImageProcessor.from_pretrained(folder)
    archive = zipfile.ZipFile(data)

    def inputs(lines):
        images = [Image.open(io.BytesIO(archive.read(line["name"]))) for line in lines]
        return processor([image.convert("RGB") for image in images], return_tensors="pt")

    return inputs


def text_inputs(folder):
    """The same for a text model: each line brings its text, or its pair of texts."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)

    def inputs(lines):
        first = [line["text"] for line in lines]
        second = [line["secondText"] for line in lines] if "secondText" in lines[0] else None
        return tokenizer(first, second, padding=True, truncation=True, return_tensors="pt")

    return inputs


def load(folder, adapter, classes):
    """The model, with the adapter on it if there is one, and how its inputs are made."""
    config = transformers.AutoConfig.from_pretrained(folder)
    images = hasattr(config, "image_size")
    kind = (
        transformers.AutoModelForImageClassification
        if images
        else transformers.AutoModelForSequenceClassification
    )
    # In 32 bits, as we compute: a base model that is stored in 16 would be run in 16.
    full = {"dtype": torch.float32}
    if adapter is None:
        model, report = kind.from_pretrained(folder, output_loading_info=True, **full)
        left = list(report["missing_keys"]) + list(report["unexpected_keys"])
        if left:
            sys.exit(f"compare_export: the model does not load whole: {left}")
    else:
        from peft import PeftModel

        model = kind.from_pretrained(
            folder, num_labels=classes, ignore_mismatched_sizes=True, **full
        )
        model = PeftModel.from_pretrained(model, adapter)
    return model.eval(), images


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("logits")
    parser.add_argument("--adapter")
    given = parser.parse_args()
    with open(given.logits, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    if not lines:
        sys.exit("compare_export: there are no logits to compare with")
    model, images = load(given.model, given.adapter, len(lines[0]["logits"]))
    inputs = image_inputs(given.model, given.data) if images else text_inputs(given.model)
    largest = 0.0
    with torch.no_grad():
        for at in range(0, len(lines), BATCH):
            part = lines[at : at + BATCH]
            theirs = model(**inputs(part)).logits
            ours = torch.tensor([line["logits"] for line in part])
            largest = max(largest, (theirs - ours).abs().max().item())
    print(f"{len(lines)} samples, transformers {transformers.__version__}: {largest:.1e}")
    return 0 if largest <= LIMIT else 1  # also 1 for NaN


if __name__ == "__main__":
    sys.exit(main())
