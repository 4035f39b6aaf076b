#!/bin/sh
# A walk through every verb of chattor: two people, two daemons, on a private network of real tor.
#
#   walk.sh DIRECTORY TORRC
#
# DIRECTORY becomes their home; its path must be short, for the sockets in it. TORRC leads to the network, which
# `python -m chattor.transport.tor.network ANOTHER_DIRECTORY` makes. `chattor` and `python` come from the PATH. The walk
# ends at the first thing that does not hold, and tells it. What it ran is in DIRECTORY/trace.
#
# Two things need a terminal and stay out: chattor without a verb, and chattor --plain. `demo` is only asked without one:
# tests/e2e/test_demo.py has the whole of it.
# shellcheck source-path=SCRIPTDIR
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd) home=$(cd "$1" && pwd)
torrc=$2 patience=120 began=$(date +%s)
out=$home/stdout err=$home/stderr trace=$home/trace running=''
export HOME="$home" TZ=UTC LC_ALL=C.UTF-8
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR NO_COLOR \
    CHATTOR_PROFILE CHATTOR_DATA_DIR CHATTOR_CONFIG_DIR CHATTOR_THEME CHATTOR_COLOR CHATTOR_LOG_LEVEL
exec </dev/null
: >"$out" && : >"$err"
for who in ada ben zoe another; do
    od -An -N16 -tx1 /dev/urandom | tr -d ' ' >"$home/$who.key"
done

leave() { # what still runs ends with the walk; words about what ended already are none of ours
    for pid in $running; do kill "$pid" 2>>"$home/left" || :; done
    wait
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

. "$here/words.sh"
. "$here/alone.sh"
. "$here/offline.sh"
. "$here/friends.sh"
. "$here/talk.sh"
. "$here/channels.sh"
. "$here/programs.sh"
. "$here/away.sh"
. "$here/end.sh"
running='' # all have ended
part "all of it held"
