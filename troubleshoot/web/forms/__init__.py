"""What people type, checked: one form for each thing that can be sent."""
