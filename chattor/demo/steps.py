"""What the check does, in order: the life of two people from their first start to the last look at their disks."""

from typing import Final

from chattor.demo import feeds, meeting, running, talking
from chattor.demo.story import Step

STEPS: Final = (
    Step("network", "a private network of real tor", running.network),
    Step("init", "two profiles", running.init),
    Step("start", "two daemons", running.start),
    Step("reachable", "their onion services", running.reachable),
    Step("stranger", "somebody without the friend code", meeting.stranger),
    Step("add", "a friend request by code, with a note", meeting.add),
    Step("request", "it arrives", meeting.request),
    Step("accept", "it is accepted", meeting.accept),
    Step("talk", f"{talking.MANY} messages each way at once", talking.talk),
    Step("wait", "send --wait delivered", talking.wait),
    Step("read", "a receipt", talking.read),
    Step("search", "one message among all", talking.search),
    Step("post", "a post in a channel for friends", feeds.post),
    Step("retract", "another one, taken back", feeds.retract),
    Step("crash", "kill -9 of the receiver amid messages", talking.crash),
    Step("away", f"{talking.LATER} messages to a friend who is away", talking.away),
    Step("missed", "and a post", feeds.missed),
    Step("back", "he returns", talking.back),
    Step("sync", "he asks for what was posted", feeds.sync),
    Step("restart", "both daemons stop and start", running.restart),
    Step("again", "a message each way", talking.again),
    Step("at rest", "what can be read on disk", running.rest),
)
