"""The part of "Try it" that runs in the reader's browser, beside the spotter."""
