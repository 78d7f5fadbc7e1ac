"""The project: wiring only. What the portal does lives in `troubleshoot`."""

import gc

# Hardly anything that is loaded at the start is garbage, yet by default Python looks through it at every 700 objects.
# https://docs.python.org/3/library/gc.html#gc.set_threshold
gc.set_threshold(50_000, 20, 20)
