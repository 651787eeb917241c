"""What must not be seen: found by names and places, masked in values, texts and exceptions."""

__all__: list[str] = []  # for the rest of io; users have `tidemill.io`
