"""How a save becomes whole or leaves nothing: the commit protocol, on local disk and elsewhere."""

__all__: list[str] = []  # for the rest of io; users have `tidemill.io`
