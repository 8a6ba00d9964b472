"""Writes the same session as pickles of every protocol: python3 make.py, in this folder."""

import collections
import datetime
import decimal
import pickle
import uuid

cart = [{"sku": "A-1", "qty": 2}]
session = {
    "id": 42,
    "name": 'José "Pepe" O\'Neil </script> 😀\n',
    "bytes": b"\x00\xffx",
    "array": bytearray(b"xyz"),
    "numbers": [0, 255, 256, 65535, 65536, -1, 2**31, -(2**31), 2**63 - 1, 2**63, -(2**63) - 1, 2**100, 1.5],
    "none": None,
    "yes": True,
    "no": False,
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    "set": {7},
    "frozen": frozenset([8]),
    "uuid": uuid.UUID(int=7),
    "decimal": decimal.Decimal("1.50"),
    "ordered": collections.OrderedDict(a=1),
    "default": collections.defaultdict(list, a=[1]),
    "when": datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.timezone.utc),
    "day": datetime.date(2024, 2, 29),
    "cart": cart,
    "again": cart,
    "keys": {1: "one", (1,): "tuple", True: "same as 1"},
    "nested": {"user": {"id": 7, "roles": ["admin"]}},
}

for protocol in range(6):
    with open(f"protocol{protocol}", "wb") as file:
        pickle.dump(session, file, protocol)
