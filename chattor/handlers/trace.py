"""The life of one message: when it was queued, what became of the dials meanwhile, how far it got and when."""

from typing import Final

from chattor.handlers import resolve
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, maybe_moment, moment, outbox_view
from chattor.model.message import UNDER_WAY, Direction, MessageState
from chattor.model.trace import Step, TraceStep
from chattor.store.repos.calls import CallRow
from chattor.store.repos.messages import MessageRow
from chattor.store.repos.progress import Marks
from chattor.store.tx import Tx

_SETTLED: Final = {
    MessageState.DELIVERED: Step.DELIVERED,
    MessageState.READ: Step.DELIVERED,
    MessageState.CANCELLED: Step.CANCELLED,
    MessageState.EXPIRED: Step.EXPIRED,
}


def trace(tx: Tx, ctx: Ctx, name: str) -> list[TraceStep]:
    """Step by step, the first one first. Raises NotFound."""
    row = resolve.message(tx, name)
    if row.direction is Direction.IN:
        return [
            TraceStep(at=moment(row.sent_ms), step=Step.WRITTEN, detail="by your friend's clock"),
            TraceStep(at=maybe_moment(row.received_ms), step=Step.RECEIVED),
        ]
    marks = tx.progress.marks(row.id)
    steps = [TraceStep(at=moment(row.sent_ms), step=Step.QUEUED), *_progress(row, marks)]
    if row.text is not None and not row.ttl:
        steps = _in_order([*_calls(tx.calls.of(row.friend), row.sent_ms, marks.settled_ms), *steps])
    return [*steps, *_waiting(tx, row)]


def _progress(row: MessageRow, marks: Marks) -> list[TraceStep]:
    """How far it got."""
    found: list[TraceStep] = []
    if marks.written_ms is not None or row.state is MessageState.SENDING:
        found.append(TraceStep(at=maybe_moment(marks.written_ms), step=Step.SENT, detail="written to a link"))
    if row.state in _SETTLED:
        found.append(TraceStep(at=maybe_moment(marks.settled_ms), step=_SETTLED[row.state]))
    if row.state is MessageState.READ:
        found.append(TraceStep(at=maybe_moment(marks.looked_ms), step=Step.READ))
    return found


def _calls(calls: list[CallRow], since_ms: int, until_ms: int | None) -> list[TraceStep]:
    """What happened between us and the friend meanwhile, and the link that was open already, if one was."""
    before = [call for call in calls if call.until_ms < since_ms][-1:]
    opened = [call for call in before if call.step is Step.LINK_OPEN]
    meanwhile = [call for call in calls if call.until_ms >= since_ms and (until_ms is None or call.at_ms <= until_ms)]
    return [
        TraceStep(
            at=moment(call.at_ms),
            step=call.step,
            detail=call.detail,
            times=call.times,
            until=moment(call.until_ms) if call.times > 1 else None,
        )
        for call in (*opened, *meanwhile)
    ]


def _waiting(tx: Tx, row: MessageRow) -> list[TraceStep]:
    if row.state not in UNDER_WAY:
        return []
    entry = outbox_view(resolve.relation(tx, friend_id(row.friend)), row)
    due = entry.next_attempt_at
    return [
        TraceStep(at=due, step=Step.WAITING, detail=f"next dial; the last: {entry.reason}" if due else entry.reason)
    ]


def _in_order(steps: list[TraceStep]) -> list[TraceStep]:
    """By time; what has none stays behind what came before it."""
    known = [step for step in steps if step.at is not None]
    return sorted(known, key=lambda step: step.at or 0) + [step for step in steps if step.at is None]
