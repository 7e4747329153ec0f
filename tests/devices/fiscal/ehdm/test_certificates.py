"""The service is spoken to inside TLS, and the shop's certificate is shown to it."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices.device import DeviceError
from devices.fiscal.ehdm.config import Timing, ehdm_config
from devices.fiscal.ehdm.driver import EhdmRegister
from devices.fiscal.ehdm.spec import PATH, SIMULATED
from devices.options import BadOption
from devices.ports.port import BadAddress

PASSPHRASE = "open sesame"
ANSWER = b'{"code":0,"message":"OK","result":"OK"}'


def a_certificate(folder: Path, name: str) -> tuple[str, str]:
    """Signed by itself, its key under `PASSPHRASE`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate, secret = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    sealed = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, sealed))
    return str(certificate), str(secret)


@pytest.mark.parametrize("shown", ["shop", "stranger"])
async def test_only_the_shop_whose_certificate_the_service_knows_is_answered(tmp_path, shown):
    service, shop = a_certificate(tmp_path, "service"), a_certificate(tmp_path, "shop")
    stranger = a_certificate(tmp_path, "stranger")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=shop[0])
    context.load_cert_chain(*service, PASSPHRASE)
    context.verify_mode = ssl.CERT_REQUIRED

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
    certificate, key = shop if shown == "shop" else stranger
    own = {"certificate": certificate, "key": key, "passphrase": PASSPHRASE, "authority": service[0]}
    options = SIMULATED | own | {"book": str(tmp_path / "book")}
    driver = EhdmRegister(ehdm_config("fiscal", url, options, Timing(open=5.0, reply=5.0)))
    try:
        if shown == "shop":
            assert (await driver.ask("state", {}))["shift"] == "closed"
        else:
            with pytest.raises(DeviceError, match=r"fiscal\.offline"):
                await driver.ask("state", {})
    finally:
        server.close()


def test_a_set_up_that_cannot_be_used_is_refused_and_its_secrets_are_in_no_text(tmp_path):
    certificate, key = a_certificate(tmp_path, "shop")
    https = "https://ecrm.example" + PATH
    good = SIMULATED | {
        "certificate": certificate,
        "key": key,
        "passphrase": PASSPHRASE,
        "book": str(tmp_path / "book"),
    }
    assert PASSPHRASE not in repr(ehdm_config("fiscal", https, good))
    bad = [
        {"passphrase": "wrong"},
        {"key": certificate},
        {"book": None},
        {"language": "fr"},
        {"colour": 1},
        {"crn": "12"},
    ]
    for change in bad:
        with pytest.raises(BadOption) as error:
            ehdm_config("fiscal", https, good | change)
        assert PASSPHRASE not in str(error.value)
    for url in ("http://ecrm.example" + PATH, "https://ecrm.example", "tcp://a:1", "https://[::1"):
        with pytest.raises(BadAddress):
            ehdm_config("fiscal", url, good)
