"""Injects faults into commands and graphs and tells whether anything was lost. Linux; a full disk needs root (mount).

    python benchmarks/faults.py                 all faults, some 20 minutes on two cores
    python benchmarks/faults.py "Ctrl-C"        those whose name holds the words
    python benchmarks/faults.py --list          what there is

After each fault the graph examines itself, must hold either what it held before or all that was added, the latter if
the command had reported success, and must become the graph of a quiet run when the command is given again. Where a
graph was damaged, the next command must say so in one line or mend it, and never answer wrongly. Prints a table and
exits with 1 if anything was lost.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import fault_damage
import fault_kinds
from fault_kinds import Fault
from fault_tools import Bench


def faults(words: list[str]) -> list[Fault]:
    found = [fault for kind in (*fault_kinds.KINDS, *fault_damage.KINDS) for fault in kind()]
    names = Counter(fault.name for fault in found)
    assert max(names.values()) == 1, [name for name, count in names.items() if count > 1]
    return [fault for fault in found if not words or any(word in fault.name for word in words)]


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--list"]
    chosen = faults(words)
    if "--list" in sys.argv:
        print("\n".join(fault.name for fault in chosen))
        return 0
    lost: list[str] = []
    tally: dict[str, list[int]] = {}
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kg-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        bench = Bench(Path(folder))
        for fault in chosen:
            try:
                wrong = fault.strike(bench)
            except Exception as error:
                wrong = [f"{type(error).__name__}: {error}"]
            counts = tally.setdefault(fault.kind, [0, 0])
            counts[0] += 1
            counts[1] += bool(wrong)
            if wrong:
                lost.append(fault.name)
                print(f"{fault.name}\n    " + "\n    ".join(wrong), flush=True)
            elif "-v" in os.environ.get("KG_FAULTS", ""):
                print(f"{fault.name}: ok", flush=True)
    print(f"\n{'kind of fault':<42} {'injected':>8} {'lost':>5}")
    for kind, (count, bad) in tally.items():
        print(f"{kind:<42} {count:>8} {bad:>5}")
    print(f"{len(tally)} kinds{'':<35} {len(chosen):>8} {len(lost):>5}   {time.monotonic() - begun:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
