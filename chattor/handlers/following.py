"""What a friendship's beginning and end mean for channels, both ways."""

from chattor.crypto.certificate import Certificate
from chattor.handlers.context import Ctx
from chattor.protocol.channels import BUILT_IN, NO_POST, channel_id
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx


def follow(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """A friend: his channels come over his links from now on; we read them all, if the setting says so."""
    owner = tx.channels.add_publisher(onion_pk=friend.onion_pk, id_commit=friend.id_commit)
    tx.channels.update_publisher(owner.id, mask=None, reason="", welcome=ctx.subscribe_to_friends)
    if ctx.subscribe_to_friends:
        for name, friends_only in BUILT_IN.items():
            row = tx.channels.theirs_by_name(owner.id, name) or tx.channels.add(
                name=name, friends_only=friends_only, channel_id=None, publisher=owner.id
            )
            tx.channels.update(row.id, subscribed=True)
    tx.fetch(owner.id)


def unfollow(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """No friend any more: we read nothing of his, and forget what he read of ours. What was fetched stays."""
    tx.channels.forget_reader(friend.id)
    owner = tx.channels.publisher_by_commit(friend.id_commit)
    if owner is not None:
        tx.channels.update_publisher(owner.id, onion_pk=friend.onion_pk, welcome=False)
        for row in tx.channels.of(owner.id):
            tx.channels.update(row.id, subscribed=False)


def forget(tx: Tx, friend: FriendRow) -> None:
    """His posts go with the history."""
    owner = tx.channels.publisher_by_commit(friend.id_commit)
    if owner is not None:
        tx.channels.delete_publisher(owner.id)


def has_left_posts(tx: Tx, friend: FriendRow) -> bool:
    """Whether posts of his are kept that nobody would find to delete, were he forgotten."""
    owner = tx.channels.publisher_by_commit(friend.id_commit)
    rows = [] if owner is None else tx.channels.of(owner.id)
    return any(tx.posts.count(row.id) for row in rows if not row.subscribed)


def move(tx: Tx, former: bytes, new: Certificate) -> None:
    """Whose channels we read is somebody else now: it goes on with him."""
    owner = tx.channels.publisher_by_commit(former)
    if owner is None:
        return
    other = tx.channels.publisher_by_commit(new.id_commit)
    if other is not None:
        tx.channels.delete_publisher(other.id)
    tx.channels.update_publisher(
        owner.id,
        id_commit=new.id_commit,
        onion_pk=new.onion_pk,
        ik_sig=new.ik_sig,
        ik_dh=new.ik_dh,
        epoch=new.epoch,
    )
    tx.fetch(owner.id)


def renew(tx: Tx, ctx: Ctx) -> None:
    """We are somebody else now: our channels have other ids, and what was signed before is ours to look at only."""
    for row in tx.channels.own():
        named = channel_id(ctx.own.identity.sig.public, row.name)
        tx.channels.update(row.id, channel_id=named, incarnation=0, seq=0, last_id=NO_POST)
        tx.posts.withdraw(row.id)
