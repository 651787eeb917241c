"""What fsspec knows of a store, in the words of the Rust library `object_store`, which polars and deltalake use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_S3 = {
    "key": "aws_access_key_id",
    "username": "aws_access_key_id",
    "secret": "aws_secret_access_key",
    "password": "aws_secret_access_key",
    "token": "aws_session_token",
    "endpoint_url": "aws_endpoint_url",
}
_S3_CLIENT = {"endpoint_url": "aws_endpoint_url", "region_name": "aws_region"}
_AZURE = {
    "account_name": "azure_storage_account_name",
    "account_key": "azure_storage_account_key",
    "sas_token": "azure_storage_sas_token",
    "client_id": "azure_storage_client_id",
    "client_secret": "azure_storage_client_secret",
    "tenant_id": "azure_storage_tenant_id",
}
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
#: The protocol that `object_store` knows for each of fsspec's that mean the same.
_PROTOCOLS = {
    "s3": "s3", "s3a": "s3", "s3n": "s3", "gs": "gs", "gcs": "gs", "az": "az", "abfs": "abfs", "abfss": "abfss"
}  # fmt: skip


def store_protocol(protocol: str) -> str | None:
    """Return the protocol under which `object_store` knows a store of fsspec's, or None."""
    return _PROTOCOLS.get(protocol)


def storage_options(protocol: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Return the `storage_options` for a store.

    Args:
        protocol: One that `store_protocol` knows.
        options: What the store's fsspec filesystem is given; what is spelled as `object_store` does stays as it is.
    """
    family = (_PROTOCOLS.get(protocol) or "")[:2]
    found = {key: str(value) for key, value in options.items() if isinstance(value, str)}
    if family == "s3":
        found = _renamed(found, _S3)
        client = {key: str(value) for key, value in (options.get("client_kwargs") or {}).items() if value is not None}
        found |= {new: client[old] for old, new in _S3_CLIENT.items() if old in client}
        if options.get("anon") is True:
            found["aws_skip_signature"] = "true"
        endpoint = found.get("aws_endpoint_url") or next((os.environ[e] for e in _ENDPOINTS if os.environ.get(e)), "")
        if endpoint:
            found["aws_endpoint_url"] = endpoint
        if endpoint.startswith("http://"):
            found["aws_allow_http"] = "true"  # as fsspec takes an address that says so
        return found
    if family in {"az", "ab"}:
        return _renamed(found, _AZURE)
    return _renamed(found, {"token": "google_service_account"})


def _renamed(options: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names.get(key, key): value for key, value in options.items()}
