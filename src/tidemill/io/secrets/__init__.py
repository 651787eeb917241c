"""What must not be seen: found by names and places, masked in values, texts and exceptions."""
