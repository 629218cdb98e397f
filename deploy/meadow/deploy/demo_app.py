"""A small shop as a Celery application: what the demo's workers, beat and producer run. Folders and broker come from the
environment."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from typing import Any

from celery import Celery, chain, chord, group

from meadow.deploy.demo_transport import make_whole

FOLDER = Path(os.environ.get("MEADOW_DEMO_FOLDER", "."))
FILES = "filesystem://"
BROKER = os.environ.get("MEADOW_DEMO_BROKER", FILES)
QUEUES = ("default", "mail", "media", "payments")

make_whole()
app = Celery("shop", broker=BROKER, backend=f"file://{FOLDER / 'results'}")
app.conf.update(
    broker_transport_options={
        "data_folder_in": str(FOLDER / "messages"),
        "data_folder_out": str(FOLDER / "messages"),
        "control_folder": str(FOLDER / "control"),
        "processed_folder": str(FOLDER / "processed"),
        "polling_interval": 0.1,
    }
    if BROKER == FILES
    else {},
    broker_connection_retry_on_startup=True,
    task_default_queue="default",
    task_routes={
        "shop.mail.*": {"queue": "mail"},
        "shop.media.*": {"queue": "media"},
        "shop.payments.*": {"queue": "payments"},
    },
    task_send_sent_event=True,
    worker_send_task_events=True,
    worker_pool_restarts=True,
    worker_hijack_root_logger=False,
    result_expires=600,
    beat_schedule={
        "stock-import": {"task": "shop.stock.sync", "schedule": 15.0, "args": ("warehouse-2",)},
        "nightly-report": {"task": "shop.reports.daily", "schedule": 40.0},
    },
    beat_schedule_filename=str(FOLDER / "beat-schedule"),
)


class CardNetworkTimeout(Exception):
    """The acquirer did not answer in time."""


class StockConflict(Exception):
    """Somebody else took the last one."""


@app.task(name="shop.orders.place")
def place(order: int, items: list[str], coupon: str | None = None) -> dict[str, Any]:
    """Always works, quickly."""
    time.sleep(random.uniform(0.005, 0.05))
    return {"order": order, "items": len(items), "coupon": coupon}


@app.task(name="shop.orders.reserve")
def reserve(order: int, sku: str) -> str:
    """Fails now and then for a reason of its own."""
    time.sleep(random.uniform(0.01, 0.08))
    if random.random() < 0.08:
        raise StockConflict(f"{sku} is gone: order {order} wanted it, {random.randint(1, 9)} others too")
    return sku


@app.task(name="shop.payments.capture", bind=True, max_retries=3)
def capture(self: Any, intent: str, amount: float, card_number: str = "") -> str:
    """Retries a network that does not answer, and gives up after three."""
    time.sleep(random.uniform(0.05, 0.3))
    if random.random() < 0.35:
        fault = CardNetworkTimeout(f"no answer from acquirer within 300 ms for {intent}")
        raise self.retry(exc=fault, countdown=1 + self.request.retries)
    return f"{intent} captured {amount}"


@app.task(name="shop.mail.receipt")
def receipt(payment: str, address: str) -> str:
    """Breaks on an address it cannot read: a KeyError with a traceback worth looking at."""
    time.sleep(random.uniform(0.01, 0.06))
    domains = {"example.com": "smtp-1", "example.org": "smtp-2"}
    return f"{payment} by {domains[address.partition('@')[2]]}"


@app.task(name="shop.media.transcode", bind=True)
def transcode(self: Any, video: str, seconds: float) -> str:
    """Slow, and says how far it is by a custom event and a custom state."""
    for step in range(1, 6):
        time.sleep(seconds / 5)
        self.send_event("task-progress", percent=step * 20, video=video)
        self.update_state(state="PROGRESS", meta={"percent": step * 20})
    return f"{video}.webm"


@app.task(name="shop.media.thumbnail")
def thumbnail(video: str, number: int) -> int:
    """One of a group."""
    time.sleep(random.uniform(0.02, 0.2))
    return number * len(video)


@app.task(name="shop.media.album")
def album(thumbnails: list[int], video: str) -> str:
    """The body of a chord."""
    return f"{video}: {sum(thumbnails)}"


@app.task(name="shop.stock.sync")
def sync(warehouse: str) -> int:
    """Sent by beat."""
    time.sleep(random.uniform(0.1, 0.4))
    return random.randint(100, 900)


@app.task(name="shop.reports.daily")
def daily() -> str:
    """Sent by beat; takes a while."""
    time.sleep(random.uniform(1.0, 2.0))
    return "report.pdf"


@app.task(name="shop.mail.reminder")
def reminder(address: str) -> str:
    """Sent with an ETA, soon or in some minutes; some are revoked before it comes."""
    return address


def produce() -> None:
    """Sends a few tasks a second, of every kind, until the demo ends."""
    numbers = iter(range(10_000, 10**9))
    while not _left.wait(random.uniform(0.1, 0.5)):
        random.choices(ORDERS, weights=(6, 4, 3, 1, 1, 1, 1))[0](next(numbers))


def _order(number: int) -> None:
    place.delay(number, random.choices(["tea", "lamp", "rug", "mug"], k=3), coupon=random.choice([None, "SPRING"]))


def _reserve(number: int) -> None:
    reserve.delay(number, random.choice(["sku-tea-1", "sku-lamp-7", "sku-rug-3"]))


def _pay(number: int) -> None:
    address = random.choice(["kim@example.com", "ada@example.org", "eve@nowhere"])
    paid = capture.s(f"pi_{number}", round(random.uniform(5, 300), 2), card_number="4111 1111 1111 1111")
    chain(paid, receipt.s(address)).delay()


def _transcode(number: int) -> None:
    transcode.delay(f"clip-{number}", random.uniform(1.0, 6.0))


def _album(number: int) -> None:
    chord([thumbnail.s(f"clip-{number}", n) for n in range(4)], album.s(f"clip-{number}")).delay()


def _thumbnails(number: int) -> None:
    group(thumbnail.s(f"clip-{number}", n) for n in range(3)).delay()


def _remind(number: int) -> None:
    soon = random.random() < 0.7
    countdown = random.uniform(5, 20) if soon else random.uniform(600, 900)
    sent = reminder.apply_async((f"user-{number}@example.com",), countdown=countdown)
    if soon and random.random() < 0.5:
        sent.revoke()


ORDERS = (_order, _reserve, _pay, _transcode, _album, _thumbnails, _remind)
_left = threading.Event()


def leave_with(parent: int) -> None:
    """Ends this process within a second of the demo's own end, whatever ended it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if os.environ.get("MEADOW_DEMO_PARENT") == str(os.getppid()):  # not in a pool's child, whose parent is its worker
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()

if __name__ == "__main__":
    produce()
