"""From boot to the application: signals, hardening, the command, exec."""
