"""A real browser that can reach nothing but the file that is tested."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from view_sample import sample

from kg.view import NetworkPage, network

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
READY = "document.documentElement.dataset.ready === '1'"


class Opened:
    """A page in the browser, with everything that went wrong in it and everything that it asked the network for."""

    def __init__(self, context: Any, file: Path) -> None:
        self.file = file
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.route("**/*", self._only_the_file)
        self.hanging = False
        """Whether a request is left without an answer, as by a network that is there and dead, instead of refused."""

    def _only_the_file(self, route: Any) -> None:
        if route.request.url.split("#")[0] == self.file.as_uri():
            route.continue_()
        elif not self.hanging:
            route.abort()

    def go(self, state: str = "") -> Opened:
        self.page.goto("about:blank")
        self.page.goto(self.file.as_uri() + (f"#{state}" if state else ""))
        return self.wait(READY)

    def wait(self, condition: str, seconds: float = 10) -> Opened:
        # The policy of the page forbids what the library's own waiting does.
        end = time.monotonic() + seconds
        while not self.js(condition):
            assert time.monotonic() < end, f"waited {seconds} s in vain for {condition}"
            self.page.wait_for_timeout(20)
        return self

    def js(self, code: str, argument: Any = None) -> Any:
        return self.page.evaluate(code, argument)

    def text(self, selector: str) -> str:
        """What an element says, once all changes are drawn."""
        self.settle()
        return self.page.inner_text(selector).replace("\n", " ").strip()

    def status(self) -> str:
        return self.text("#kg-status")

    def settle(self) -> None:
        self.js("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def hash(self) -> str:
        self.settle()
        return str(self.js("location.hash.slice(1)"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def spot(self, source: str, target: str | None = None) -> tuple[float, float]:
        """Where on the page an actor, or the middle of a link, is drawn."""
        point = self.js(
            """([source, target]) => {
                const { data, scene, renderer } = kg.app;
                const at = (id) => data.actors.index.get(id);
                const view = renderer.view();
                let [x, y] = [0, 0];
                if (target === null) {
                    const sign = scene.signs.find((s) => s.i === at(source));
                    [x, y] = [sign.x, sign.y];
                } else {
                    const l = scene.links.find((k) => k.a === at(source) && k.b === at(target));
                    [x, y] = kg.geometry.onCurve(l, 0.5);
                }
                const frame = document.getElementById('kg-graph').getBoundingClientRect();
                return [frame.left + x * view.scale + view.x, frame.top + y * view.scale + view.y];
            }""",
            [source, target],
        )
        return point[0], point[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no chromium on this machine; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a page (the sample unless another is given) in a window of a size; at the end there must be no error."""
    opened: list[tuple[Any, Opened]] = []

    def run(
        page: NetworkPage | None = None,
        state: str = "",
        size: tuple[int, int] = (1440, 860),
        hanging: bool = False,
        **rest: Any,
    ) -> Opened:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        context.set_default_timeout(10_000)
        file = (page or network(sample(), **rest)).save(tmp_path / f"page{len(opened)}.html")
        opened.append((context, Opened(context, file)))
        opened[-1][1].hanging = hanging
        return opened[-1][1].go(state)

    yield run
    for context, page in opened:
        context.close()
        assert page.errors == []
        assert {url.split("#")[0] for url in page.requests if not url.startswith(("blob:", "about:"))} == {
            page.file.as_uri()
        }
