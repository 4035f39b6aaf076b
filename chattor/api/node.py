"""All parts of the interface in one."""

from typing import Protocol

from chattor.api.agents import Agency, AgentsApi
from chattor.api.channels import ChannelsApi
from chattor.api.data import DataApi
from chattor.api.events import EventsApi
from chattor.api.friends import FriendsApi
from chattor.api.lock import LockApi
from chattor.api.messages import MessagesApi
from chattor.api.profile import ProfileApi
from chattor.api.search import SearchApi
from chattor.api.settings import SettingsApi


class NodeApi(
    ProfileApi, FriendsApi, MessagesApi, ChannelsApi, SearchApi, SettingsApi, DataApi, EventsApi, AgentsApi, Protocol
):
    """What a node answers."""


class Api(NodeApi, LockApi, Protocol):
    """One running node as the faces meet it: behind a door."""


class ServedNode(NodeApi, Agency, Protocol):
    """A node as its door needs it: people and agents come in by different ways."""
