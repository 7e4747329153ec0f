"""Certificates of an authority made for the test, as a shop with an authority of its own has them."""

import base64
import hashlib
import subprocess
from pathlib import Path

SHOP = "till.shop.example"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*words: object, given: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, input=given).stdout


def certificates(folder: Path) -> str:
    """An authority, a certificate of it for the shop's name (`chain.pem`, `shop.key`), and the authority's key as a pin."""
    authority, key = folder / "authority.pem", folder / "authority.key"
    ca = (
        "-subj",
        "/CN=Shop",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    )
    openssl("req", "-x509", *EC, "-days", 30, "-keyout", key, "-out", authority, *ca)
    openssl("req", *EC, "-keyout", folder / "shop.key", "-out", folder / "shop.csr", "-subj", f"/CN={SHOP}")
    (folder / "names").write_text(f"subjectAltName=DNS:{SHOP}\n")
    signed = ("-CA", authority, "-CAkey", key, "-CAcreateserial", "-days", 30, "-extfile", folder / "names")
    leaf = openssl("x509", "-req", "-in", folder / "shop.csr", *signed)
    (folder / "chain.pem").write_bytes(leaf + authority.read_bytes())
    public = openssl("x509", "-in", authority, "-pubkey", "-noout")
    der = openssl("pkey", "-pubin", "-outform", "der", given=public)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
