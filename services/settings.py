"""What can be set: the environment, prefix FREMGANG_, read once by the command line."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "FREMGANG_"


class Settings(BaseSettings):
    """Every setting with its default; an unknown name with the prefix is refused by `read`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    log: str = Field("sqlite:///var/log.db", description="The log: sqlite:///FILE, or kafka://HOST:PORT,HOST:PORT")
    store: str = Field(
        "sqlite+aiosqlite:///var/store.db",
        description="The store: sqlite+aiosqlite:///FILE, or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
    )
    access_log: str = Field("sqlite+aiosqlite:///var/access.db", description="The access log, apart from both: as FREMGANG_STORE")
    database_connections: int = Field(8, ge=4, description="Connections to PostgreSQL that a process keeps for each of its databases")
    database_seconds: float = Field(30.0, gt=0, description="How long a statement may take in PostgreSQL, seconds")
    kafka_prefix: str = Field("fremgang", pattern=r"^[a-z0-9][a-z0-9-]*$", description="Begins the names of the hub's topics")
    kafka_replicas: int = Field(3, ge=1, description="Replicas of a partition; two must have a record before it is answered")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field("PLAINTEXT", description="How Kafka is spoken to")
    kafka_ca_file: Path | None = Field(None, description="Who signs the brokers' certificates; the system's own where left out")
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field("SCRAM-SHA-512", description="How it knows its user")
    kafka_username: str = Field("", description="As whom Kafka is spoken to")
    kafka_password: SecretStr | None = Field(None, description="The password for it")
    key_file: Path = Field(Path(".key/hub.key"), description="The file of the pseudonym key; keep it apart from the data")
    key: SecretStr | None = Field(None, description="The pseudonym key itself, 32 bytes in base64; then no file is read")
    inbox: Path = Field(Path("var/inbox"), description="The watched folder: INBOX/SUPPLIER/CONNECTOR/file")
    socket: Path = Field(Path("var/hub.sock"), description="Where the operator's commands reach the running hub")
    host: str = Field("127.0.0.1", description="The address to listen on; page, issuer and demo token exist on loopback only")
    port: int = Field(8000, description="The port to listen on")
    clock: str = Field("", description="OFFSET[@SPEED] in seconds, or an instant to start at")
    synchronous: Literal["full", "off"] = Field("full", description="SQLite's synchronous; off breaks the promise of durability")
    max_batch_bytes: int = Field(2_000_000, description="The largest batch of events taken, bytes")
    max_file_bytes: int = Field(32_000_000, description="The largest file taken, bytes")
    remembered_bytes: int = Field(64_000_000, description="Memory for what class views need not compute again, bytes")
    roster_shrink_limit: float = Field(0.3, description="The share of a school's pupils that a roster may remove without force")
    pull_seconds: float = Field(30.0, gt=0, description="How long a source that is fetched from is left alone between two looks, seconds")
    pull_overlap_seconds: float = Field(300.0, ge=0, description="How far behind the newest known such a source is asked again, seconds")
    pull_page_items: int = Field(500, ge=1, le=5_000, description="How many items it is asked for at a time")
    log_level: Literal["debug", "info", "warning"] = Field("info", description="How much is logged")


class UnknownSetting(ValueError):
    """A name with our prefix that is none of ours."""


def read() -> Settings:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise UnknownSetting(f"unknown settings: {', '.join(unknown)}; `fremgang check` lists those there are")
    return Settings()
