# Makes zips of pictures, and reads them as Python would, for `images.ts` to hold the page against:
#   python tests/interop/images.py make FOLDER       grey PNGs of 28 x 28, PNGs and JPEGs of 64 x 64, 10,000 each, and 20,000 JPEGs
#   python tests/interop/images.py read FILE SIZE CHANNELS
# Needs numpy and pillow.
import io
import pathlib
import sys
import time
import zipfile

import numpy as np
from PIL import Image, ImageDraw

random = np.random.default_rng(1)


def photo():
    """Smooth colours with the noise of a camera."""
    smooth = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize((64, 64), Image.BICUBIC)
    return np.clip(np.asarray(smooth) + random.normal(0, 4, (64, 64, 3)), 0, 255).astype(np.uint8)


def stroke():
    """A line of a pen, as large as MNIST's digits."""
    image = Image.new("L", (56, 56), 0)
    ImageDraw.Draw(image).line([tuple(random.uniform(8, 48, 2)) for _ in range(4)], fill=255, width=6)
    return np.asarray(image.resize((28, 28), Image.BICUBIC))


def make(file, draw, ending, count, **options):
    packing = zipfile.ZIP_STORED if ending == "jpg" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w", packing) as archive:
        for n in range(count):
            made = io.BytesIO()
            Image.fromarray(draw()).save(made, "JPEG" if ending == "jpg" else "PNG", **options)
            archive.writestr(f"pictures/class{n % 10}/{n:05d}.{ending}", made.getvalue())


def read(file, size, channels):
    archive = zipfile.ZipFile(file)
    names = [name for name in archive.namelist() if not name.endswith("/")]
    pixels = np.empty((len(names), size, size, channels), np.uint8)
    for n, name in enumerate(names):
        image = Image.open(io.BytesIO(archive.read(name))).convert("L" if channels == 1 else "RGB")
        image = image if image.size == (size, size) else image.resize((size, size), Image.BILINEAR)
        pixels[n] = np.asarray(image).reshape(size, size, channels)
    return pixels


if sys.argv[1] == "make":
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    make(folder / "png28.zip", stroke, "png", 10_000)
    make(folder / "png64.zip", photo, "png", 10_000)
    make(folder / "jpeg64.zip", photo, "jpg", 10_000, quality=85)
    make(folder / "jpeg64-20k.zip", photo, "jpg", 20_000, quality=85)
else:
    began = time.perf_counter()
    read(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    print(time.perf_counter() - began)
