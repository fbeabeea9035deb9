"""Times the Python peer's loading of small JPEGs: Pillow in torch's DataLoader.

    python ops/python/bench_loading.py DATA.zip [--images N] [--workers N]

Each image is decoded, cropped at random to 96 pixels, mirrored or not, and normalised to floats; batches of
32. Prints one JSON object with images per second and CPU milliseconds of an image, from the second batch on, so that
the start of the workers does not count.
"""

import argparse
import io
import json
import multiprocessing
import os
import random
import time
import zipfile

import numpy as np
import torch
from PIL import Image

SIDE = 96


class Jpegs(torch.utils.data.Dataset):
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = Image.open(io.BytesIO(self.files[index])).convert("RGB")
        left = random.randint(0, image.width - SIDE)
        top = random.randint(0, image.height - SIDE)
        pixels = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)))
        if random.random() < 0.5:
            pixels = pixels[:, ::-1]
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div_(127.5).sub_(1)


def cpu_seconds():
    """Of this process, of its workers that have ended, and of those that are there."""
    used = os.times()
    seconds = used.user + used.system + used.children_user + used.children_system
    for worker in multiprocessing.active_children():
        with open(f"/proc/{worker.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--images", type=int, default=3000)
parser.add_argument("--workers", type=int, default=0)
options = parser.parse_args()

torch.set_num_threads(1)
archive = zipfile.ZipFile(options.data)
names = [name for name in archive.namelist() if name.endswith(".jpg")][: options.images]
files = [archive.read(name) for name in names]
loader = torch.utils.data.DataLoader(Jpegs(files), batch_size=32, num_workers=options.workers)
batches = iter(loader)
done = 0
next(batches)
start, used = time.perf_counter(), cpu_seconds()
for batch in batches:
    done += len(batch)
seconds = time.perf_counter() - start
print(json.dumps({"images_per_second": done / seconds, "cpu_ms_per_image": 1000 * (cpu_seconds() - used) / done}))
