"""The request's life: states, services, who may, apply."""
