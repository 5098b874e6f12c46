"""A time-stamping authority made with `openssl ts`, in a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Authority of the test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ts]
default_tsa = stamping
[stamping]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
"""


class Authority:
    """A root certificate and a stamping key under it, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        new = ["req", "-newkey", "rsa:2048", "-nodes", "-config", "config"]
        self.run(*new, "-x509", "-days", "2", "-extensions", "ca", "-keyout", "ca.key", "-out", "ca.pem")
        self.run(*new, "-subj", "/CN=Stamps of the test", "-keyout", "tsa.key", "-out", "tsa.csr")
        extend = ["-extfile", "config", "-extensions", "tsa"]
        self.run(
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-days",
            "1",
            *extend,
            "-out",
            "tsa.pem",
        )

    def run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    @property
    def root(self) -> bytes:
        return (self.folder / "ca.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        (self.folder / "request.tsq").write_bytes(request)
        keys = ["-inkey", "tsa.key", "-signer", "tsa.pem"]
        self.run(
            "ts",
            "-reply",
            "-config",
            "config",
            "-section",
            "stamping",
            "-queryfile",
            "request.tsq",
            *keys,
            "-out",
            "answer.tsr",
        )
        return (self.folder / "answer.tsr").read_bytes()
