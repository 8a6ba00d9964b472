# Writes what zlib makes of its input, at every level, with every strategy and in every way to flush: names and streams, each
# behind its length.
import struct
import sys
import zlib

page = sys.stdin.buffer.read()

LEVELS = range(10)
STRATEGIES = {"default": 0, "filtered": 1, "huffman": 2, "rle": 3, "fixed": 4}
FLUSHES = {"none": 0, "partial": 1, "sync": 2, "full": 3, "block": 5}
GZIP = 16 + 15


def put(part):
    sys.stdout.buffer.write(struct.pack(">I", len(part)) + part)


def encode(level, strategy, flush, memory, every):
    z = zlib.compressobj(level, zlib.DEFLATED, GZIP, memory, strategy)
    out = b""
    for i in range(0, len(page), every):
        out += z.compress(page[i : i + every])
        if flush:
            out += z.flush(flush)
    return out + z.flush()


for level in LEVELS:
    put(f"zlib level {level}".encode())
    put(encode(level, 0, 0, 8, len(page) + 1))
for strategy, number in STRATEGIES.items():
    for flush, kind in FLUSHES.items():
        for memory in (1, 8):
            put(f"zlib {strategy} flush {flush} memory {memory}".encode())
            put(encode(6, number, kind, memory, 501))
