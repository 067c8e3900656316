"""How large network pages are, and how fast they open and follow the reader. Made-up data, Debian's chromium.

    python benchmarks/view.py            all sizes, about a minute
    python benchmarks/view.py small      60 actors and 3,000 events only

Prints one line a size as JSON, with the bounds that a page must keep, and exits with 1 if one is passed. Times are
milliseconds: *ready* from the start of loading until the first picture is painted, *brush* and *filter* from the change
until the next picture is painted (the median of several steps), *pan* in pictures a second. *ready_cpu* and *steps_cpu*
are what the page's main thread worked until the first picture, and for each step: they hardly depend on what else the
machine does, as all other times do, so look at `uptime` first.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.view import network
from kg.view.synthetic import synthetic

SIZES: dict[str, dict[str, Any]] = {
    "small": {"data": (60, 3_000, None), "max_links": 300, "bounds": {"mb": 1.1, "ready": 2000, "brush": 150}},
    "medium": {"data": (60, 30_000, None), "max_links": 300, "bounds": {"mb": 5, "ready": 4000, "brush": 150}},
    "large": {
        "data": (20_000, 60_000, 60_000),
        "max_links": 60_000,
        "bounds": {"mb": 5, "ready": 2000, "filter": 200, "pan": 50},
    },
}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

# A message posted in the frame after the change arrives once that frame is painted.
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
})))"""
STEPS = """async () => {
    const { axis, data } = kg.app;
    const painted = PAINTED;
    const brush = [], filter = [], days = axis.last - axis.first;
    for (let i = 0; i < 12; i++) {
        const begun = performance.now();
        axis.ask(axis.first + i * 20, axis.first + i * 20 + Math.round(days / 4));
        await painted();
        brush.push(performance.now() - begun);
    }
    axis.ask(axis.first, axis.last);
    await painted();
    for (let i = 0; i < 8; i++) {
        const begun = performance.now();
        const categories = new Set(kg.app.state.categories);
        categories.delete(i);
        kg.app.change({ categories });
        await painted();
        filter.push(performance.now() - begun);
    }
    kg.app.change({ categories: new Set(data.categories.map((_, i) => i)) });
    axis.ask(axis.first, axis.last);
    await painted();
    return { brush, filter };
}""".replace("PAINTED", PAINTED)
FRAMES = """async (seconds) => {
    let n = 0;
    const begun = performance.now();
    while (performance.now() - begun < 1000 * seconds) {
        await new Promise(requestAnimationFrame);
        kg.app.pan(n % 80 < 40 ? 3 : -3, n % 60 < 30 ? 2 : -2);
        n++;
    }
    return n / seconds;
}"""


def measure(browser: Any, file: Path) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1440, "height": 860})
    worked = thread_time(page)
    page.goto(file.as_uri())
    # The page's policy forbids the library's own way of waiting.
    while not page.evaluate("document.documentElement.dataset.ready === '1'"):
        time.sleep(0.02)
    ready = page.evaluate("kg.app.ready")
    before = worked()
    steps = page.evaluate(STEPS)
    each = (worked() - before) / sum(map(len, steps.values()))
    pan = drag(page) if page.evaluate("kg.app.renderer.name") == "canvas" else page.evaluate(FRAMES, 2)
    page.close()
    medians = {name: statistics.median(values) for name, values in steps.items()}
    cpu = {"ready_cpu": round(before), "steps_cpu": round(each)}
    return {
        "ready": round(ready),
        **cpu,
        **{name: round(value) for name, value in medians.items()},
        "pan": round(pan, 1),
    }


def thread_time(page: Any) -> Callable[[], float]:
    """A function that gives the milliseconds that the page's main thread has worked, waiting left out."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
        return 1000 * float(metrics["TaskDuration"])

    return worked


def drag(page: Any) -> float:
    """Pictures a second while a pointer drags the plain canvas about."""
    return float(
        page.evaluate(
            """async (seconds) => {
                const canvas = document.querySelector('#kg-graph canvas');
                const frame = canvas.getBoundingClientRect();
                canvas.setPointerCapture = () => {};
                const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type,
                    { pointerId: 1, buttons: 1, bubbles: true, clientX: frame.left + x, clientY: frame.top + y }));
                send('pointerdown', 400, 300);
                let n = 0;
                const begun = performance.now();
                while (performance.now() - begun < 1000 * seconds) {
                    await new Promise(requestAnimationFrame);
                    n++;
                    send('pointermove', 400 + 100 * Math.sin(n / 9), 300 + 80 * Math.cos(n / 9));
                }
                send('pointerup', 400, 300);
                return n / seconds;
            }""",
            2,
        )
    )


def kept(figures: dict[str, float], bounds: dict[str, float]) -> bool:
    return all(figures[name] >= bound if name == "pan" else figures[name] <= bound for name, bound in bounds.items())


def main(names: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium on this machine; apt-get install chromium", file=sys.stderr)
        return 2
    good = True
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in names or list(SIZES):
            actors, events, links = SIZES[name]["data"]
            data = synthetic(actors, events, links=links)
            begun = time.perf_counter()
            file = network(data, max_links=SIZES[name]["max_links"]).save(Path(folder) / f"{name}.html")
            figures: dict[str, float] = {"build": round(1000 * (time.perf_counter() - begun))}
            figures["mb"] = round(file.stat().st_size / 1e6, 3)
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            figures.update(measure(browser, file))
            browser.close()
            passed = kept(figures, SIZES[name]["bounds"])
            good = good and passed
            print(json.dumps({"size": name, **figures, "bounds": SIZES[name]["bounds"], "kept": passed}), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
