#!/usr/bin/python3
"""formats.py DUMP_IMAGE: every shared image opens to the array that tifffile and PIL give, or is refused in words.

Where tifffile lacks a codec, strips and tiles are decoded here (deflate, LZW, packed bits, predictors); JPEG, fax and
Zstandard are left to PIL. Deliberate differences: the alpha of chunky pictures is dropped, palettes become RGB except ImageJ's, half floats
become float32, bits become 0 and 1.
"""
import glob
import logging
import os
import subprocess
import sys
import tempfile
import zlib

try:
    import numpy as np
    import tifffile
    from PIL import Image
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

logging.disable(logging.CRITICAL)
SHARED = os.environ.get("CYTO_SHARED") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared")

# File name → words that the refusal must contain.
REFUSED = {
    "test_test-suite_images_truncated.jpg": "Premature end",
    "image_data_xyzct_16bit__mitosis.ics": "an ICS header",
}


def lzw(data):
    """TIFF's LZW: codes from the most significant bit, width changes one code early."""
    table, width, out, previous = [], 9, [], None
    value = have = at = 0
    while True:
        while have < width:
            if at >= len(data):
                return b"".join(out)
            value, have, at = value << 8 | data[at], have + 8, at + 1
        code = value >> have - width
        have -= width
        value &= (1 << have) - 1
        if code == 257:
            return b"".join(out)
        if code == 256:
            table, width, previous = [bytes([i]) for i in range(256)] + [b"", b""], 9, None
            continue
        entry = table[code] if code < len(table) else previous + previous[:1]
        out.append(entry)
        if previous is not None:
            table.append(previous + entry[:1])
        previous = entry
        if len(table) + 1 >= 1 << width and width < 12:
            width += 1


def decompress(page, data):
    if page.fillorder == 2:
        data = bytes(int(f"{b:08b}"[::-1], 2) for b in data)
    if page.compression in (1, 32773):
        return data if page.compression == 1 else None
    if page.compression in (8, 32946):
        return zlib.decompress(data)
    return lzw(data) if page.compression == 5 else None


def unpack(page, data, rows, width):
    """Rows of samples, (rows, width, samples of the chunk)."""
    samples = 1 if page.planarconfig == 2 else page.samplesperpixel
    bits, order = page.bitspersample, page.parent.byteorder
    row = (width * samples * bits + 7) // 8
    data = np.frombuffer(data, np.uint8)[: rows * row].reshape(rows, row)
    kind = {1: "u", 2: "i", 3: "f"}[page.sampleformat]
    if page.predictor == 3 and page.compression != 1:
        size = bits // 8
        data = np.cumsum(data.reshape(rows, -1, samples), axis=1, dtype=np.uint8).reshape(rows, size, -1)
        return np.ascontiguousarray(data.transpose(0, 2, 1)).view(f">f{size}").reshape(rows, width, samples)
    if bits in (8, 16, 32, 64):
        out = np.ascontiguousarray(data).view(f"{order}{kind}{bits // 8}").reshape(rows, width, samples)
        if page.predictor == 2 and page.compression != 1:
            out = np.cumsum(out.view(f"{order}u{bits // 8}"), axis=1, dtype=f"u{bits // 8}")
            out = out.view(f"{kind}{bits // 8}")
        return out
    if bits % 8 == 0:
        data = data.reshape(rows, width * samples, bits // 8).astype(np.uint64)
        shifts = np.arange(bits // 8, dtype=np.uint64) * np.uint64(8)
        shifts = shifts[::-1] if order == ">" else shifts
    else:
        data = np.unpackbits(data, axis=1)[:, : width * samples * bits].reshape(rows, -1, bits).astype(np.uint64)
        shifts = np.arange(bits, dtype=np.uint64)[::-1]
    assert kind == "u", "odd widths of other kinds do not occur"
    return (data << shifts).sum(axis=2, dtype=np.uint64).reshape(rows, width, samples).astype(page.dtype)


def decode(page, data):
    """One page from its strips or tiles as (S, Y, X), or None."""
    tile_y, tile_x = (page.tilelength, page.tilewidth) if page.is_tiled else (page.rowsperstrip, page.imagewidth)
    tile_y = min(tile_y, page.imagelength) if not page.is_tiled else tile_y
    parts = page.samplesperpixel if page.planarconfig == 2 else 1
    out = None
    chunk = 0
    for part in range(parts):
        for y in range(0, page.imagelength, tile_y):
            for x in range(0, page.imagewidth, tile_x):
                rows = tile_y if page.is_tiled else min(tile_y, page.imagelength - y)
                start = page.dataoffsets[chunk]
                raw = decompress(page, data[start : start + page.databytecounts[chunk]])
                if raw is None:
                    return None
                block = unpack(page, raw, rows, tile_x).transpose(2, 0, 1)
                if out is None:
                    out = np.zeros((page.samplesperpixel, page.imagelength, page.imagewidth), block.dtype)
                block = block[:, : page.imagelength - y, : page.imagewidth - x]
                out[part : part + len(block), y : y + block.shape[1], x : x + block.shape[2]] = block
                chunk += 1
    return out


def from_pil(path, page):
    image = Image.open(path)
    if image.mode == "P":
        image = image.convert("RGB")
    array = np.array(image)
    if page is not None and page.photometric == 0 and array.dtype == bool:
        array = ~array  # PIL shows white as 1, the file stores 0
    if page is not None and image.mode.startswith("I"):
        array = array.astype(page.dtype)
    if page is not None and image.mode == "L" and page.bitspersample < 8:
        array = array // (255 // ((1 << page.bitspersample) - 1))
    return array


def tiff_expected(path):
    """(array, axes) as tifffile has them, before our own rules."""
    with tifffile.TiffFile(path) as tif:
        series, page = tif.series[0], tif.pages[0]
        axes = series.axes
        try:
            array = series.asarray()
        except Exception:
            decoded = None
            if page.photometric != 6 and len(series.pages) == 1:
                decoded = decode(page, open(path, "rb").read())
            if decoded is not None:
                array, axes = decoded, "SYX"
            else:
                try:
                    array = from_pil(path, page)
                except Exception:
                    return None, None
                axes = "YXS"[: array.ndim]
        if page.photometric == 3 and not tif.is_imagej:
            table = (page.colormap >> 8).astype(np.uint8)
            if array.ndim == 2 or axes == "SYX":
                array, axes = np.moveaxis(table[:, array.reshape(array.shape[-2:]).astype(int)], 0, -1), "YXS"
        picture = page.planarconfig == 1 and page.dtype.kind == "u" and page.bitspersample <= 16
        alpha = [picture and int(e) in (1, 2) for e in page.extrasamples]
        if any(alpha) and "S" in axes:
            array = array.take(range(page.samplesperpixel - sum(alpha)), axis=axes.index("S"))
    return array, axes


def picture_expected(path):
    image = Image.open(path)
    if image.mode in ("RGBA", "LA"):
        image = image.convert(image.mode[:-1])
    array = from_pil(path, None) if image.mode == "P" else np.array(image)
    return array, "YXS"[: array.ndim]


def arrange(array, axes, ours):
    """Into T, Z, C, Y, X; axes that tifffile cannot name take the letter that we gave them."""
    keep = [i for i, n in enumerate(array.shape) if n > 1 or axes[i] in "YX"]
    axes = "".join(axes[i] for i in keep)
    array = array.reshape([array.shape[i] for i in keep])
    mine = [a for a in ours if a in "TZC"]
    axes = "".join(a if a in "TZCYXS" else mine[i] for i, a in enumerate(axes))
    axes = axes.replace("S", "C")
    order = [axes.index(a) for a in "TZCYX" if a in axes]
    shape = [array.shape[axes.index(a)] if a in axes else 1 for a in "TZCYX"]
    return array.transpose(order).reshape(shape)


def compare(path, dump, scratch):
    done = subprocess.run([dump, path, scratch], capture_output=True, text=True, check=False)
    line = done.stdout.strip()
    name = os.path.basename(path)
    if done.returncode not in (0, 1):
        return False, f"exit code {done.returncode}: {done.stderr[-2000:]}"
    if done.returncode == 1:
        print(f"# refused: {line}")
        return REFUSED.get(name, "?") in line, line
    if name in REFUSED:
        return False, "should have been refused"
    is_tiff = name.lower().endswith((".tif", ".tiff"))
    array, axes = tiff_expected(path) if is_tiff else picture_expected(path)
    if array is None:
        print(f"# no peer reads {name}; ours: {line}")
        return True, ""
    mine = np.load(scratch)
    array = arrange(array, axes, line.split(" | ")[0])
    if array.dtype.itemsize == 2 and array.dtype.kind == "f":
        array = array.astype(np.float32)
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if mine.shape != array.shape or mine.dtype != array.dtype.newbyteorder("="):
        return False, f"{mine.shape} {mine.dtype}, expected {array.shape} {array.dtype}"
    same = np.array_equal(mine, array, equal_nan=mine.dtype.kind == "f")
    worst = "" if same else f"{(mine != array).mean():.4f} of the values differ, first {mine.flat[:4]} {array.flat[:4]}"
    return same, worst


def written(folder):
    """Files that tifffile writes for the programs it imitates: (path, array as T, Z, C, Y, X, what must be printed)."""
    base = np.arange(4 * 5 * 2 * 24 * 32, dtype=np.uint16).reshape(4, 5, 2, 24, 32) * 7
    rgb = (np.arange(5 * 24 * 32 * 3) % 251).astype(np.uint8).reshape(5, 24, 32, 3)
    rgb_expected = rgb.transpose(0, 3, 1, 2)[None]
    labels = [f"c:{c + 1}/2 z:{z + 1}/5 - {name}" for z in range(5) for c, name in enumerate(["DAPI", "Actin µ"])]
    cases = [
        ("ij-tzcyx", base, base, {"imagej": True, "metadata": {"axes": "TZCYX"}}, "TZCYX | ImageJ"),
        ("ij-labels", base[0], base[:1], {"imagej": True, "resolution": (5, 4),
         "metadata": {"axes": "ZCYX", "unit": "um", "spacing": 0.5, "Labels": labels}}, "| 0.2 0.25 0.5 | DAPI Actin µ"),
        ("ij-rgb", rgb, rgb_expected, {"imagej": True, "metadata": {"axes": "ZYXS"}}, "ZYXS | ImageJ metadata | rgb"),
        ("ome-tczyx", base.swapaxes(1, 2), base, {"ome": True, "metadata": {"axes": "TCZYX", "PhysicalSizeX": 0.3,
         "PhysicalSizeXUnit": "µm", "Channel": {"Name": ["a", "b"]}}}, "TCZYX | OME-XML | - | 0.3 0.3 0 | a b"),
        ("ome-rgb", rgb, rgb_expected, {"ome": True, "photometric": "rgb", "metadata": {"axes": "ZYXS"}}, "ZYXS | OME"),
        ("ome-tiled-bigtiff", base[0, 0], base[:1, :1], {"ome": True, "bigtiff": True, "tile": (16, 16), "compression":
         "zlib", "metadata": {"axes": "CYX"}}, "CYX | OME"),
        ("shaped-axes", base[:, 0, 0], base[:, :1, :1], {"metadata": {"axes": "TYX"}}, "TYX | tifffile"),
        ("shaped", base, base, {}, "TZCYX | shape"),
        ("flows", base[0, :2].reshape(4, 24, 32).astype("f4"), base[0, :2].reshape(1, 1, 4, 24, 32).astype("f4"),
         {"planarconfig": "separate", "photometric": "rgb"}, "SYX |"),
        ("big-endian", base[0, 0], base[:1, :1], {"byteorder": ">", "photometric": "minisblack"}, "CYX |"),
    ]
    for name, array, expected, options, words in cases:
        path = os.path.join(folder, f"{name}.tif")
        tifffile.imwrite(path, array, **options)
        yield path, expected, words
    path = os.path.join(folder, "pyramid.ome.tif")
    with tifffile.TiffWriter(path) as tif:
        tif.write(base[0, 0], subifds=1, metadata={"axes": "CYX"})
        tif.write(base[0, 0, :, ::2, ::2], subfiletype=1)
    yield path, base[:1, :1], "CYX | OME"
    path = os.path.join(folder, "contiguous.tif")
    with tifffile.TiffWriter(path, imagej=True) as tif:
        tif.write(base[0, :, 0], contiguous=True, metadata={"axes": "ZYX"})
    yield path, base[:1, :, :1], "ZYX | ImageJ"


def compare_written(path, expected, words, dump, scratch):
    done = subprocess.run([dump, path, scratch], capture_output=True, text=True, check=False)
    if done.returncode != 0 or words not in done.stdout or done.stderr:
        return False, f"{done.stdout} {done.stderr} should say {words}"
    mine = np.load(scratch)
    return mine.dtype == expected.dtype and np.array_equal(mine, expected), f"{mine.shape} {expected.shape}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = sorted(glob.glob(f"{SHARED}/data/formats/*/*") + glob.glob(f"{SHARED}/data/stacks/*"))
    paths = [p for p in paths if not p.endswith(".txt")]
    print(f"# {len(paths)} images in {SHARED}")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = os.path.join(folder, "out.npy")
        for path, expected, words in written(folder):
            results.append((os.path.basename(path), *compare_written(path, expected, words, sys.argv[1], scratch)))
        for path in paths:
            results.append((os.path.relpath(path, SHARED), *compare(path, sys.argv[1], scratch)))
    print(f"1..{len(results)}")
    for n, (name, ok, why) in enumerate(results, 1):
        print(f"{'ok' if ok else 'not ok'} {n} - {name}")
        if not ok:
            print("# " + why.replace("\n", "\n# "))
    failures = sum(not ok for _, ok, _ in results)
    print(f"# {len(results) - failures} of {len(results)} files as expected")
    sys.exit(failures > 0)


main()
