"""One error tree: whose fault is it?

`UserError` asked for what cannot be, `LocalError` is this machine, `RemoteError` is the peer. Each class has a
stable `code` (RPC, --json), an `exit_code` (product: CLI) and a docstring that *is* the hint shown to the user.
A remote fault closes the link and changes nothing. Messages are lower-case sentences without a full stop.
"""

from typing import ClassVar


class ChattorError(Exception):
    """If this keeps happening, look at the log: `chattor logs` shows it."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    @property
    def hint(self) -> str:
        """What to do about it: the class docstring, as one line."""
        return " ".join((type(self).__doc__ or "").split())


class UserError(ChattorError):
    """Check what was asked for; `chattor --help` lists the commands."""

    code = "refused"


class BadInput(UserError):
    """Correct the input and try again; nothing was changed."""

    code = "bad_input"


class BadFriendCode(BadInput):
    """A friend code is 88 characters and starts with ct1; ask your friend to send it again."""

    code = "bad_friend_code"


class TextTooLong(BadInput):
    """Split the text into several messages; one carries up to 16,000 bytes of UTF-8."""

    code = "text_too_long"


class PostTooLong(BadInput):
    """Split the text into several posts; one carries up to 15,000 bytes of UTF-8."""

    code = "post_too_long"


class NotFound(UserError):
    """`chattor friends list` and `chattor history FRIEND` show what there is."""

    code = "not_found"
    exit_code = 6


class Ambiguous(UserError):
    """More than one friend has that name; use the id from `chattor friends list`."""

    code = "ambiguous"


class NoChannel(NotFound):
    """`chattor channels list` shows the channels, and `chattor channels feed CHANNEL` their posts."""

    code = "no_channel"


class NoSuchProfile(NotFound):
    """`chattor profiles list` shows the profiles."""

    code = "no_such_profile"


class NoSetting(BadInput):
    """`chattor settings list` shows the settings."""

    code = "no_setting"


class NoConsumer(NotFound):
    """`chattor consumers list` shows who takes events."""

    code = "no_consumer"


class AmbiguousChannel(Ambiguous):
    """More than one channel has that name; use OWNER/NAME, or the id from `chattor channels list`."""

    code = "ambiguous_channel"


class NotAllowed(UserError):
    """The state of this friend or message does not allow it; `chattor friends list` shows the state."""

    code = "not_allowed"


class SentAndGone(NotAllowed):
    """Nothing is to be done: with this key it was sent once. Another message needs another key."""

    code = "sent_and_gone"


class ChannelRefused(NotAllowed):
    """`chattor channels list` shows which channels are yours, and which you read."""

    code = "channel_refused"


class NotGranted(NotAllowed):
    """A grant says what an agent may do; its owner makes another one with `chattor agents add`."""

    code = "not_granted"


class ApprovalPending(NotAllowed):
    """Nothing was done yet: a human decides, with `chattor approvals list` or in the window."""

    code = "approval_pending"

    @property
    def approval(self) -> str:
        """The id of what waits."""
        return str(self).split(" ", 1)[0]


class QuotaExceeded(NotAllowed):
    """Wait as long as it says; an agent may do 10 things a minute and 200 a day."""

    code = "quota_exceeded"


class BadToken(UserError):
    """Make a new token with `chattor agents add NAME`; the old one cannot be shown again."""

    code = "bad_token"


class NoAgent(NotFound):
    """`chattor agents list` shows the agents there are."""

    code = "no_agent"


class NoApproval(NotFound):
    """`chattor approvals list` shows what waits for your word."""

    code = "no_approval"


class UsageError(UserError):
    """See `chattor --help`."""

    code = "usage"
    exit_code = 2


class LocalError(ChattorError):
    """Look at the log: `chattor logs` shows it."""

    code = "local"


class WrongPassphrase(LocalError):
    """Try again; nothing was changed. A lost passphrase cannot be recovered, a backup can be restored."""

    code = "wrong_passphrase"
    exit_code = 5


class Locked(LocalError):
    """Unlock the profile with its passphrase first: `chattor unlock`."""

    code = "locked"
    exit_code = 5


class NoPassphrase(Locked):
    """Pass it with --passphrase-file FILE or --passphrase-fd N; an open node needs none."""

    code = "no_passphrase"


class ProfileInUse(LocalError):
    """A daemon or a TUI already holds this profile; use it, or stop it with `chattor stop`."""

    code = "profile_in_use"
    exit_code = 5


class NoProfile(LocalError):
    """Create one with `chattor init --name NAME`, or start `chattor` and follow it."""

    code = "no_profile"


class ProfileExists(UserError):
    """This profile is already set up; choose another with --profile NAME."""

    code = "profile_exists"


class NoDaemon(LocalError):
    """Start it with `chattor --daemon`, or open the TUI with `chattor`."""

    code = "no_daemon"
    exit_code = 3


class Busy(LocalError):
    """Come back a little later, or end another program that uses this node."""

    code = "busy"
    exit_code = 3


class OtherVersion(LocalError):
    """The node that runs is of another version: end it with `chattor stop` and start it again."""

    code = "other_version"


class MissingExtra(LocalError):
    """Install the extra: `pip install "chattor[mcp,ws]"`, or `make setup` in a checkout."""

    code = "missing_extra"


class FellBehind(LocalError):
    """Take what you missed with `recv` from the last cursor you saw, then subscribe again from where that ends."""

    code = "fell_behind"


class TimedOut(LocalError):
    """Nothing is lost: what was queued stays queued and is tried again."""

    code = "timed_out"
    exit_code = 4


class BadDirectory(LocalError):
    """The directory must be yours, writable and closed to others: chown it, chmod 700, or pass another one."""

    code = "bad_directory"


class BadSettings(LocalError):
    """Correct settings.toml; `chattor paths` tells where it is."""

    code = "bad_settings"


class BadTheme(LocalError):
    """The one before stays until that is right; `chattor theme list` names all there are."""

    code = "bad_theme"


class NoTheme(BadTheme):
    """`chattor theme list` shows the themes."""

    code = "no_theme"
    exit_code = 6


class StoreDamaged(LocalError):
    """Nothing was written over. Restore a backup, or move the data directory aside and keep it."""

    code = "store_damaged"


class StoreTooNew(LocalError):
    """This profile was used by a newer chattor; upgrade this one. Nothing was changed."""

    code = "store_too_new"


class StoreFailed(LocalError):
    """The disk refused a write; free space or check the disk, nothing was promised and nothing is lost."""

    code = "store_failed"


class BackupDamaged(LocalError):
    """Nothing was written. Try another copy of the backup; `chattor backup verify FILE` checks one."""

    code = "backup_damaged"


class EditorFailed(LocalError):
    """Your text is as it was. VISUAL or EDITOR in the environment names the editor, such as nano."""

    code = "editor_failed"


class FileRefused(LocalError):
    """Choose another FILE; what is there now was not touched."""

    code = "file_refused"


class FileExists(FileRefused):
    """Choose another FILE, or add --force to replace it."""

    code = "file_exists"


class TorMissing(LocalError):
    """Install tor: `apt install tor` (Debian, Ubuntu), `dnf install tor` (Fedora), `brew install tor` (macOS)."""

    code = "tor_missing"


class PluginMissing(LocalError):
    """Install it (`apt install obfs4proxy` or `apt install snowflake-client`), or set tor.obfs4 or tor.snowflake."""

    code = "plugin_missing"


class TorRefused(LocalError):
    """Correct the settings of tor (`chattor settings list`), or the extra torrc lines (--torrc, or tor.torrc)."""

    code = "tor_refused"


class TorDown(LocalError):
    """Tor is not connected yet; what you send is queued and goes out by itself."""

    code = "tor_down"


class DialFailed(LocalError):
    """The friend cannot be reached now; it is tried again by itself."""

    code = "dial_failed"


class RemoteError(ChattorError):
    """The other side broke the protocol; the link was closed and nothing was changed."""

    code = "remote"


class HandshakeRefused(RemoteError):
    """The other side could not prove who it is; nothing was sent to it."""

    code = "handshake_refused"


class OwnIdentity(HandshakeRefused):
    """A copy of this profile runs elsewhere; stop one of the two, restore only onto one machine."""

    code = "own_identity"


class BadSignature(RemoteError):
    """The other side showed something it did not sign; the link was closed."""

    code = "bad_signature"


class IdentityChanged(RemoteError):
    """The other side showed another identity than the one you know; compare safety numbers before you go on."""

    code = "identity_changed"


class ProtocolViolation(RemoteError):
    """The other side sent something the protocol does not allow; the link was closed."""

    code = "protocol_violation"


class Internal(ChattorError):
    """This is a defect in chattor; please report it with what `chattor doctor --report` prints."""

    code = "internal"
