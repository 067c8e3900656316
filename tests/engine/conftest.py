"""Fixtures of the tests of the engine; see ``engine_desk``."""

import os

from engine_desk import fast

__all__ = ["fast"]

# Compiling thirty queries takes far longer than interpreting them over a few hundred rows.
os.environ.setdefault(
    "PYSPARK_SUBMIT_ARGS",
    "--conf spark.ui.enabled=false --conf spark.sql.codegen.wholeStage=false "
    "--conf spark.sql.codegen.factoryMode=NO_CODEGEN pyspark-shell",
)
