"""Put every question of a battery to a model and keep every exchange.

What is promised: an answer that was recorded, or a question that the server rejected for good, is
never asked for again; nothing that was sent goes unrecorded; nothing but the model that was named
is asked; the ceiling on cost is not passed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, final

from filiation.interrogate.attempt import Channel, now
from filiation.interrogate.battery_file import Battery
from filiation.interrogate.budget import Budget, Estimate, Tokens, estimate
from filiation.interrogate.pace import Pace
from filiation.interrogate.questioner import AskedItem, Questioner, bound_of
from filiation.interrogate.transcript_writer import (
    Past,
    TranscriptWriter,
    header_of,
    open_transcript,
)
from filiation.model.asked import Summary
from filiation.model.ending import Ending
from filiation.model.recording import Item
from filiation.readers.answers.transcript import Reply

__all__ = ["Observer", "Progress", "Stalled", "Summary", "estimate_of", "record"]

Observer = Callable[[Item, str | None], bool]  # True: enough, ask nothing more
Stalled = Callable[[float, int, str], None]  # seconds without an answer, requests out, the trouble
Progress = Callable[[int, int, Tokens], None]  # questions done, questions in all, tokens spent


def record(
    channel: Channel,
    battery: Battery,
    out: Path,
    *,
    repeat: int = 1,
    seed: int = 0,
    budget: Budget | None = None,
    pace: Pace | None = None,
    observer: Observer | None = None,
    progress: Progress | None = None,
    stalled: Stalled | None = None,
) -> Summary:
    """Record a transcript, or continue the one that is there.

    Args:
        channel: The way to the model.
        battery: The questions.
        out: The transcript.
        repeat: How often each is put; all questions once, then all again.
        seed: Seed of the jitter in our own waits.
        budget: A ceiling; a question that might pass it is not put.
        pace: Bounds on waiting and size.
        observer: Sees every answer in the order of the battery, whatever order they came in, also
            those recorded earlier, None for one that is none (a marked refusal, a call of a
            tool); returns True when it has seen enough.
        progress: Told after every question.
        stalled: Told when no question came to an end for `Pace.stall` seconds, and each time again.
    """
    header = header_of(
        channel.identity, battery, repeat=repeat, parameters=channel.parameters, seed=seed
    )
    transcript, past = open_transcript(out, header, battery)
    questioner = Questioner(channel, transcript, past, seed=seed, pace=pace or Pace())
    run = _Run(battery, past, transcript, questioner, repeat)
    run.budget, run.observer, run.progress = budget, observer, progress
    run.stalled, run.patience = stalled, (pace or Pace()).stall
    try:
        return asyncio.run(_to_the_end(run, channel))
    finally:
        transcript.close()


async def _to_the_end(run: "_Run", channel: Channel) -> Summary:
    """Ask everything; the channel is closed in the loop that opened it, however the run ends."""
    try:
        return await run.all()
    finally:
        await channel.close()


def estimate_of(channel: Channel, battery: Battery, *, repeat: int) -> Estimate:
    """What a run will take, before anything is sent."""
    prompts = [item.prompt or "" for item in battery.items]
    return estimate(prompts * repeat, bound_of(channel.parameters))


@final
class _Run:
    """One run of the recorder; everything happens in one thread, between awaits."""

    def __init__(
        self,
        battery: Battery,
        past: Past,
        transcript: TranscriptWriter,
        questioner: Questioner,
        repeat: int,
    ) -> None:
        self._past, self._transcript, self._questioner = past, transcript, questioner
        self.budget: Budget | None = None
        self.observer: Observer | None = None
        self.progress: Progress | None = None
        self.stalled: Stalled | None = None
        self.patience = Pace().stall
        self._questions = [
            AskedItem(place=number * len(battery.items) + place, item=item, repeat=number + 1)
            for number in range(repeat)
            for place, item in enumerate(battery.items)
        ]
        self._settled: dict[int, Reply | None] = {}  # place in the order; None: no answer
        self._shown = 0  # questions that the observer was shown, or that had nothing to show
        self._enough = False
        self._reserved: dict[int, Tokens] = {}
        self._under_way: dict[int, AskedItem] = {}

    async def all(self) -> Summary:
        """Put every question that is not answered yet."""
        waiting = self._pending()
        new = bool(waiting) and not self._enough
        if new:
            await self._ask(waiting)
            self._transcript.append("end", self._end())
        return self._summary(new)

    def _pending(self) -> deque[AskedItem]:
        """What remains, after the observer has seen what is there."""
        pending: deque[AskedItem] = deque()
        for asked in self._questions:
            key = (asked.item.id, asked.repeat)
            if key in self._past.answers or key in self._past.rejected:
                self._settled[asked.place] = self._past.answers.get(key)
            else:
                pending.append(asked)
        self._show()
        return pending

    async def _ask(self, waiting: deque[AskedItem]) -> None:
        tasks: set[asyncio.Task[None]] = set()
        limiter, silent = self._questioner.limiter, 0.0
        try:
            while True:
                while waiting and len(tasks) < limiter.granted and not self._over:
                    if not self._reserve(waiting[0], alone=not tasks):
                        break
                    tasks.add(asyncio.create_task(self._put(waiting.popleft())))
                if not tasks:
                    return
                done, tasks = await asyncio.wait(
                    tasks, return_when=asyncio.FIRST_COMPLETED, timeout=self.patience
                )
                silent = 0.0 if done else silent + self.patience
                if silent:
                    self._say_stalled(silent, len(tasks))
                for task in done:
                    task.result()
        except asyncio.CancelledError:
            left = [asked.names for asked in self._under_way.values()]
            self._transcript.event("interrupted", under_way=left)
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _say_stalled(self, seconds: float, out: int) -> None:
        """Nothing came to an end for so long: written down and told, then waited on."""
        trouble = self._questioner.trouble
        self._transcript.event("stalled", seconds=seconds, under_way=out, because=trouble)
        if self.stalled is not None:
            self.stalled(seconds, out, trouble)

    @property
    def _over(self) -> bool:
        return self._enough or bool(self._questioner.stopped)

    def _reserve(self, asked: AskedItem, *, alone: bool) -> bool:
        """May it be put? If not and nothing is under way that may still cost less, the run ends."""
        if self.budget is None:
            return True
        self._reserved[asked.place] = self._questioner.bound(asked)
        if self._within():
            return True
        del self._reserved[asked.place]
        if alone:
            self._questioner.stop("budget", spent=str(self.budget.of(self._past.spent)))
        return False

    def _within(self) -> bool:
        """Does everything spent and everything that may be billed for stay below the ceiling?"""
        held = sum(self._reserved.values(), self._past.spent)
        return self.budget is None or self.budget.allows(held)

    def _may_repeat(self) -> bool:
        """May a further attempt be made? The one before may have been billed for."""
        if not self._within():
            self._questioner.stop("budget")
        return not self._over

    async def _put(self, asked: AskedItem) -> None:
        self._under_way[asked.place] = asked
        try:
            reply = await self._questioner.put(asked, self._may_repeat)
        finally:
            del self._under_way[asked.place]
            self._reserved.pop(asked.place, None)
        self._settled[asked.place] = reply
        if self.progress is not None:
            self.progress(len(self._settled), len(self._questions), self._past.spent)
        self._show()

    def _show(self) -> None:
        """Show the observer what came, in the order of the battery.

        An order in which answers happened to arrive could depend on the answers themselves, and a
        sequential test would no longer be valid.
        """
        while self._shown in self._settled and not self._enough:
            reply = self._settled[self._shown]
            item = self._questions[self._shown].item
            self._shown += 1
            if self.observer is not None and reply is not None:
                self._enough = self.observer(item, reply.said)

    def _summary(self, new: bool) -> Summary:
        return Summary(
            questions=len(self._questions),
            answered=sum(reply is not None for reply in self._past.answers.values()),
            changed=self._past.changed,
            failed=self._questioner.failed,
            cut_short=self._past.ends(Ending.CUT),
            declined=self._past.ends(Ending.DECLINED, Ending.FILTERED),
            rejected=len(self._past.rejected),
            attempts=self._past.attempts,
            retries=self._questioner.retries,
            spent=self._past.spent,
            model=self._past.model or "",
            refused=tuple(self._past.refused),
            stopped="observer" if self._enough else self._questioner.stopped,
            digest=self._transcript.digest,
            new=new,
        )

    def _end(self) -> dict[str, Any]:
        summary = self._summary(new=True)
        return {
            "time": now(),
            "complete": self._past.settled == len(self._questions),
            "answered": summary.answered,
            "failed": summary.failed,
            "model_changed": summary.changed,
            "stopped": summary.stopped,
        }
