"""How a save becomes whole or leaves nothing: the commit protocol, on local disk and elsewhere."""
