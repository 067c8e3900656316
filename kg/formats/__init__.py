"""Import and export: one module a format, :func:`export` and :func:`import_` in front."""
