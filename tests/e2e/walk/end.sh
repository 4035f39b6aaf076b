# Copies, another passphrase, another address; how a friendship ends; and the end of it all.

part "what the doctor finds"
ada doctor Ben --json
holds '.ok and (.rungs | length == 11) and all(.rungs[]; .ok)'
ada doctor --report
shows "changed settings: delivery.expire_after"
! grep -q "Ben\|Ada" "$out" || wrong "a report names nobody"
ada logs -n 5
shows " info "
interrupted ada '.level == "info"' logs --follow --json

part "a copy of everything"
ada backup create "$home/ada.backup" --json
shape . file bytes created_at name onion
refuses 1 ada backup create "$home/ada.backup"
keyed ada backup verify "$home/ada.backup" --json
holds '.name == "Ada"'
refuses 1 zoe --passphrase-file "$home/ada.key" backup restore "$home/ada.backup"
exits 0 zoe --passphrase-file "$home/ada.key" backup restore "$home/ada.backup" --force
tells "no other copy"
cp "$home/ada.key" "$home/zoe.key"
keyed zoe history Ben --json
holds 'map(.text) | index("call me")'
keyed zoe export -o "$home/zoe.jsonl"
keyed zoe channels feed news
shows "by a program"
refuses 1 zoe wipe --yes ada
zoe wipe --yes zoe
refuses 1 zoe --passphrase-file "$home/ada.key" identity

part "another passphrase"
refuses 5 ada --passphrase-file "$home/ben.key" passphrase --new-passphrase-file "$home/another.key"
keyed ada passphrase --new-passphrase-file "$home/another.key"
ada lock
refuses 5 ada --passphrase-file "$home/ada.key" unlock --json
exits 0 ada --passphrase-fd 0 unlock <"$home/another.key"
mv "$home/another.key" "$home/ada.key"

part "another address, another identity"
ada rotate onion --json
holds '.former | length == 1'
onion=$(value .onion)
tells "new backup"
becomes ben ".onion == \"$onion\" and .verified" friends show Ada
ada rotate identity --json
holds '.former | length == 2'
onion=$(value .onion)
becomes ben ".onion == \"$onion\" and (.verified | not) and .note" friends show Ada
ben friends acknowledge Ada --json
holds '.note == null'
ben send Ada "still you?" --wait delivered --timeout "$patience"

part "a friendship ends"
ben friends block Ada --json
holds '.state == "blocked"'
ben friends unblock Ada --json
holds '.state == "none"'
ada friends remove Ben --forget --json
holds '.state == "none"'
refuses 6 ada history Ben
ada friends add "$ben_code" --name Ben
interrupted ben '.event == "friend_request" and .request.onion == "'"$onion"'"' listen --since 0
ben friends requests --json
ben friends reject "$(value '.[0].id')" --json
holds '.state == "none"'
ben friends list --json
holds '. == []'

part "the end"
ada stop
ended ada
refuses 3 ada status
exits 0 - wipe --yes ben --json
tells "Deleted"
ended ben
exits 0 - profiles list --json
holds 'map(.name) == ["ada"]'
