"""The platform as `make run` serves it, with its demonstration data and a real worker, and a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-password-of-the-tests-1"
START_SECONDS = 300

expect.set_options(timeout=15_000)


@dataclass
class Platform:
    """A served platform of its own: its address, its folder, its environment."""

    url: str
    var: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a management command against this platform and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python inside this platform: only to let time pass, or to look at what no page shows."""
        return self.manage("shell", "--no-imports", stdin=code)


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until database, broker and worker answer."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the platform ended by itself with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:
                if response.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError("the platform did not become healthy in time")


@pytest.fixture(scope="session")
def platform_served() -> Iterator[Platform]:
    """Lay the demonstration data in a folder of its own and serve it, as `make run` does."""
    var = Path(tempfile.mkdtemp(prefix="platform-e2e-"))
    port = free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "TEST_DATABASE_URL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "VAR_DIR": str(var),
        "PORT": str(port),
        "DEMO_PASSWORD": PASSWORD,
        "EMAIL_URL": "",
    }
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, check=True, timeout=600)
    log = (var / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "scripts/serve.py"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    url = f"http://localhost:{port}"
    try:
        wait_until_healthy(url, process)
        yield Platform(url, var, environment, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium, and let it ask nobody but us."""
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        ],
    }  # fmt: skip


def new_context(browser: Browser, platform: Platform, **options: Any) -> BrowserContext:
    """Return a fresh browser profile whose pages collect their own errors."""
    options.setdefault("viewport", {"width": 1440, "height": 900})
    return browser.new_context(base_url=platform.url, locale="zh-TW", timezone_id="Asia/Taipei", **options)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in as a person would."""
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name=re.compile("^電子郵件")).fill(email)
    page.get_by_role("textbox", name=re.compile("^密碼")).fill(password)
    page.locator("main").get_by_role("button", name="登入", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


@pytest.fixture(scope="session")
def storage_states(browser: Browser, platform_served: Platform) -> dict[str, Any]:
    """Sign in once as each role and keep the cookies, as a browser does."""
    states: dict[str, Any] = {}
    for role in ("admin", "contact", "instructor", "officer", "member", "viewer", "trainee"):
        context = new_context(browser, platform_served)
        sign_in(context.new_page(), f"{role}@demo.test")
        states[role] = context.storage_state()
        context.close()
    return states


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every open page of a browser test that failed, in test-results/."""
    outcome = yield
    report = outcome.get_result()
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when != "call" or not report.failed or browser is None:
        return
    folder = ROOT / "test-results"
    folder.mkdir(exist_ok=True)
    name = re.sub(r"\W+", "-", item.name)[:80]
    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)
