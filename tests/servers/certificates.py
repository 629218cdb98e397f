"""Makes a certificate authority and a server certificate for 127.0.0.1 with the `openssl` command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths of PEM files: the authority to trust, the server's certificate and key."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Valid two days, for 127.0.0.1 and localhost."""
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    _openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-authority"
             " -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem", folder)  # fmt: skip
    _openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
             " -keyout server.key -out server.csr", folder)  # fmt: skip
    (folder / "names.ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    _openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
             " -extfile names.ext -out server.pem", folder)  # fmt: skip
    return made


def _openssl(arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)
