"""What Pillow makes of a small image, operation by operation: python cases.py > cases.json"""
import json
import random
from PIL import Image, ImageEnhance, ImageOps

random.seed(5)
W, H = 24, 16
rgb = bytearray()
for y in range(H):
    for x in range(W):
        rgb += bytes([(x * 17 + random.randrange(40)) % 256, (y * 21 + random.randrange(30)) % 256,
                      40 + (x * y + random.randrange(20)) % 150])
image = Image.frombytes("RGB", (W, H), bytes(rgb))
affine = lambda *m: lambda i: i.transform((W, H), Image.Transform.AFFINE, m, Image.Resampling.NEAREST)
cases = {
    "brightness 1.27": lambda i: ImageEnhance.Brightness(i).enhance(1.27),
    "brightness 0.4": lambda i: ImageEnhance.Brightness(i).enhance(0.4),
    "colour 1.27": lambda i: ImageEnhance.Color(i).enhance(1.27),
    "colour 0.1": lambda i: ImageEnhance.Color(i).enhance(0.1),
    "contrast 1.9": lambda i: ImageEnhance.Contrast(i).enhance(1.9),
    "contrast 0.73": lambda i: ImageEnhance.Contrast(i).enhance(0.73),
    "sharpness 1.27": lambda i: ImageEnhance.Sharpness(i).enhance(1.27),
    "sharpness 0.1": lambda i: ImageEnhance.Sharpness(i).enhance(0.1),
    "posterize 7": lambda i: ImageOps.posterize(i, 7),
    "posterize 4": lambda i: ImageOps.posterize(i, 4),
    "solarize 178.5": lambda i: ImageOps.solarize(i, 178.5),
    "autocontrast 0": ImageOps.autocontrast,
    "equalize 0": ImageOps.equalize,
    "shearX 0.21": affine(1, 0.21, 0, 0, 1, 0),
    "shearY -0.3": affine(1, 0, 0, -0.3, 1, 0),
    "shiftX 3": affine(1, 0, -3, 0, 1, 0),
    "shiftY -2": affine(1, 0, 0, 0, 1, 2),
    "rotate 9": lambda i: i.rotate(9, Image.Resampling.NEAREST),
    "rotate -30": lambda i: i.rotate(-30, Image.Resampling.NEAREST),
}
print(json.dumps({"width": W, "height": H, "image": image.tobytes().hex(),
                  "cases": {name: make(image).tobytes().hex() for name, make in cases.items()}}))
