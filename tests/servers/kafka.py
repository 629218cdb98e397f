"""Starts an Apache Kafka of the tests' own: one node in KRaft mode; a plain listener, one with TLS and SASL, and one that asks
for a client's certificate."""

from __future__ import annotations

import base64
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from meadow.core.kafka import KafkaConnection, Mechanism
from tests.servers.certificates import Certificates
from tests.servers.kafka_jars import kafka_jars
from tests.servers.processes import Process, Server, free_port

USER, PASSWORD = "meadow", "kafka-secret-of-the-tests"
SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")
MODULE = "org.apache.kafka.common.security"
JAVA = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOG = "-Dorg.slf4j.simpleLogger"


@dataclass
class Kafka(Server):
    """One broker. `connection` gives a prefix nobody had before unless one is asked for: tests of one server apart.

    certificates   the other listeners answer with them; None leaves those out.
    """

    folder: Path
    certificates: Certificates | None = None
    port: int = field(default_factory=free_port)
    secure_port: int = field(default_factory=free_port)
    mutual_port: int = field(default_factory=free_port)
    _controller_port: int = field(default_factory=free_port)
    _prefixes: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def servers(self) -> str:
        """host:port of the plain listener."""
        return f"127.0.0.1:{self.port}"

    def connection(self, prefix: str = "") -> KafkaConnection:
        return KafkaConnection((self.servers,), prefix or f"t{next(self._prefixes)}")

    def secure(self, mechanism: Mechanism, prefix: str = "", password: str = PASSWORD) -> KafkaConnection:
        """By TLS as the user `meadow`."""
        assert self.certificates
        return KafkaConnection(
            (f"127.0.0.1:{self.secure_port}",),
            prefix or f"t{next(self._prefixes)}",
            security="SASL_SSL",
            mechanism=mechanism,
            username=USER,
            password=password,
            ca_file=str(self.certificates.authority),
        )

    def mutual(self, prefix: str = "", *, shown: bool = True) -> KafkaConnection:
        """By TLS, with a client's certificate where it is shown, and no password."""
        assert self.certificates
        return KafkaConnection(
            (f"127.0.0.1:{self.mutual_port}",),
            prefix or f"t{next(self._prefixes)}",
            security="SSL",
            ca_file=str(self.certificates.authority),
            cert_file=str(self.certificates.certificate) if shown else "",
            key_file=str(self.certificates.key) if shown else "",
        )

    def start(self) -> None:
        """Returns when it takes requests, after 2 to 5 s. Data of an earlier start is kept."""
        properties = self.folder / "server.properties"
        if not properties.exists():
            properties.write_text("\n".join(self._properties()) + "\n")
            self._format(properties)
        levels = (f"{LOG}.defaultLogLevel=warn", f"{LOG}.log.kafka.server.KafkaRaftServer=info")
        command = [*JAVA, *levels, *self._classes, "kafka.Kafka", str(properties)]
        self.process = Process(command, self.folder / "kafka.out")
        self.process.wait_until_says("Kafka Server started", within_s=60)

    @property
    def _classes(self) -> tuple[str, str]:
        return "-cp", f"{kafka_jars()}/*"

    def _format(self, properties: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = [*JAVA, *self._classes, "kafka.tools.StorageTool", "format", "-c", str(properties)]
        command.append(f"--cluster-id={cluster}")  # in one word: it may begin with a dash
        for mechanism in SCRAM:
            command += ["--add-scram", f"{mechanism}=[name={USER},password={PASSWORD}]"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"Kafka's folder could not be formatted: {done.stdout}{done.stderr}"

    def _properties(self) -> Iterator[str]:
        listeners = [f"PLAINTEXT://127.0.0.1:{self.port}"]
        if self.certificates:
            listeners += [f"SECURE://127.0.0.1:{self.secure_port}", f"MUTUAL://127.0.0.1:{self.mutual_port}"]
            yield from self._secure_properties(self.certificates)
        yield f"listeners={','.join(listeners)},CONTROLLER://127.0.0.1:{self._controller_port}"
        yield f"advertised.listeners={','.join(listeners)}"
        yield f"controller.quorum.voters=1@127.0.0.1:{self._controller_port}"
        yield f"log.dirs={self.folder / 'data'}"
        yield from (
            "process.roles=broker,controller",
            "node.id=1",
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=4",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=4",
            "group.initial.rebalance.delay.ms=0",
            "group.min.session.timeout.ms=1000",  # usually 6 s: for whoever asks for less
            "auto.create.topics.enable=false",
            "broker.session.timeout.ms=3000",  # without this and the next a killed broker needs 9 s more to come back
            "broker.heartbeat.interval.ms=500",
        )

    def _secure_properties(self, certificates: Certificates) -> Iterator[str]:
        store = self.folder / "keystore.pem"
        store.write_text(certificates.key.read_text() + certificates.certificate.read_text())
        yield from ("ssl.keystore.type=PEM", f"ssl.keystore.location={store}")
        yield "listener.name.mutual.ssl.client.auth=required"
        yield from ("ssl.truststore.type=PEM", f"ssl.truststore.location={certificates.authority}")
        yield f"sasl.enabled.mechanisms=PLAIN,{','.join(SCRAM)}"
        plain = f'{MODULE}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
        yield f"listener.name.secure.plain.sasl.jaas.config={plain}"
        for mechanism in SCRAM:
            module = f"{MODULE}.scram.ScramLoginModule required;"
            yield f"listener.name.secure.{mechanism.lower()}.sasl.jaas.config={module}"
