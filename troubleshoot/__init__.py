"""Access Desk's one Django app. Its sub-packages are the stages that the data passes through."""
