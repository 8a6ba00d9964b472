"""Writes signed.json, sessions signed by itsdangerous in each of its ways: python3 make.py, in this folder."""

import hashlib
import json

from itsdangerous import TimestampSigner, URLSafeTimedSerializer


class Signer(TimestampSigner):
    def get_timestamp(self):
        return 1795357041


signed = []
for derivation in ["hmac", "concat", "django-concat", "none"]:
    for digest in ["sha1", "sha256", "sha384", "sha512"]:
        serializer = URLSafeTimedSerializer(
            "key",
            salt="salt",
            signer=Signer,
            signer_kwargs={"key_derivation": derivation, "digest_method": getattr(hashlib, digest)},
        )
        value = serializer.dumps({"id": 42, "cart": ["A-1"] * (30 if digest == "sha256" else 1)})
        signed.append({"derivation": derivation, "digest": digest, "value": value})

with open("signed.json", "w") as file:
    json.dump(signed, file, indent=1)
    file.write("\n")
