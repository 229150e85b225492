"""Policy overlays: rules of an organisation that resolved settings must satisfy."""
