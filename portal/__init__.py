"""The project: wiring only. What the portal does lives in `troubleshoot`."""
