# Two nodes that run, and how their owners become friends.

part "two nodes"
refuses 5 ada --passphrase-file "$home/ada.key" daemon
refuses 2 ada --daemon status
ada status --json
shape . version pid profile onion tor reachable friends online unread outbox
shape .tor phase percent ready detail
holds ".pid == ${ada_pid:?} and .profile == \"ada\""
exits 0 - profiles list --json
holds 'map(select(.running).name) == ["ada", "ben"] and map(select(.current).name) == ["ben"]'
ben identity --qr
shows "▀"
ben identity --json
ben_code=$(value .friend_code) ben_onion=$(value .onion)

part "a request to somebody who is never there"
ada friends add "$zoe_code" --name Zoe --note "we met at the fair" --json
shape . id direction name note onion state at
holds '.direction == "outgoing" and .state == "outgoing"'
ada friends requests
shows "we met at the fair"
ada friends cancel Zoe --json
holds '.state == "none"'
ada friends requests --json
holds '. == []'
refuses 1 ada friends add "$(mistyped "$zoe_code")"
refuses 6 ada friends cancel Zoe

part "a request that is accepted"
becomes ada .reachable status
becomes ben .reachable status
ada friends add "$ben_code" --name Ben --note "it is me"
interrupted ben '.event == "friend_request" and .request.note == "it is me"' listen --since 0
ben friends requests --json
shape '.[0]' id direction name note onion state at
holds 'map(.name) == ["Ada"]'
ben friends accept "$(value '.[0].id')" --json
holds '.state == "friend"'
interrupted ada '.event == "friend_added"' listen --since 0
ada friends list --json
shape '.[0]' id name onion state online typing verified muted unread last_seen
holds 'map(.name + " " + .state) == ["Ben friend"]'
ada friends show "$ben_onion" --json
holds '.name == "Ben"'

part "what is kept about a friend"
ada friends rename Ben Benny
ada friends mute Benny --json
holds .muted
ada friends set Benny
grep -q "^muted  *on$" "$out" || wrong "it is set"
ada friends unmute Benny --json
holds '.muted | not'
ada friends set Benny receipts off
ada friends set Benny receipts default --json
holds '.options.receipts == "default"'
refuses 2 ada friends set Benny receipts
refuses 1 ada friends set Benny receipts perhaps
ada friends rename Benny Ben --json
holds '.name == "Ben"'
ada friends verify Ben --json
digits=$(value .digits)
ben friends verify Ada --confirm --json
holds ".digits == \"$digits\" and .verified"
ben friends show Ada
shows verified
refuses 6 ada friends show Nobody
refuses 6 ada friends mute Nobody --json
ada activity working "walking through" --json
holds '.state == "working"'
becomes ben '.activity.words == "walking through"' friends show Ada
ada activity none
