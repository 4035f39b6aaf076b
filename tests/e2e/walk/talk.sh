# What two friends say to each other, and what becomes of it on both sides.

part "a message and its life"
ada send Ben "hello Ben" --wait delivered --timeout "$patience" --json
shape . id friend state seq
holds '.state == "delivered"'
hello=$(value .id)
ben history Ada --json
shape '.[0]' id friend direction text state seq reply_to edited reactions sent_at received_at expires_at
holds 'map(.direction + " " + .text) == ["in hello Ben"]'
heard=$(value '.[0].id')
ben status
grep -q "^unread  *1$" "$out" || wrong "one is unread"
ben read Ada --json
holds '.unread == 0'
becomes ada ".[-1].id == \"$hello\" and .[-1].state == \"read\"" history Ben
ada trace "$hello" --json
shape '.[0]' at step detail
holds '["queued", "sent", "delivered", "read"] - map(.step) == []'
ada edit "$hello" "hello, Ben" --json
holds '.text == "hello, Ben" and .edited'
becomes ben '.[0] | .text == "hello, Ben" and .edited' history Ada
ben react "$heard" 👍 --json
holds '.reactions == {"👍": ["me"]}'
becomes ada '.[0].reactions | has("👍")' history Ben
ben read Ada --upto ''
ben friends list --json
holds '.[0].unread == 1'

part "what was typed elsewhere"
printf 'first line\nsecond line\n' | ben send Ada - --reply-to "$heard" --wait delivered --timeout "$patience"
shows delivered
ada history Ben --limit 1 --json
holds ".[0] | .text == \"first line\nsecond line\" and .reply_to == \"$hello\""
echo "to be deleted" | ada send Ben --wait delivered --timeout "$patience"
shows delivered
ada history Ben --limit 1 --json
oops=$(value '.[0].id')
echo "to be gone" | ada edit "$oops" -
shows "(edited)"
ada delete "$oops" --json
holds '.text == null'
becomes ben '.[-1] | .text == null and .reactions == {}' history Ada
echo "half of a" | ada draft Ben -
ada draft Ben
shows "half of a"
ada draft Ben ''
ada draft Ben
tells "nothing to show"
ada send Ben "sent once" --key once --json
once=$(value .id)
ada send Ben "sent once" --key once --json
holds ".id == \"$once\""

part "finding it again"
ada search line --json
shape '.[0]' id friend direction text snippet sent_at rank
holds 'length == 1 and .[0].text == "first line\nsecond line"'
ben search from:Ada hello --friend Ada
shows "hello, Ben"
ada search nothing of the kind --json
holds '. == []'
ada history Ben --around "$hello" --limit 1 --json
holds ".[0].id == \"$hello\""
ada history Ben --before "$hello" --json
holds '. == []'
ada history Ben --at 2020-01-01
shows "you   read"
refuses 2 ada history Ben --at someday
refuses 2 ada history Ben --limit 0 --json
refuses 6 ada send Nobody hello
refuses 6 ada history Nobody --json
refuses 6 ada edit m999 hello
refuses 2 ada send Ben hello --wait forever
refuses 1 ada react "$hello" word

part "texts of limited time"
ada ephemeral Ben 1h --json
holds '.ephemeral == 3600'
becomes ben '.ephemeral == 3600' friends show Ada
ada send Ben "it vanishes" --ttl 90s --wait delivered --timeout "$patience"
ben history Ada --limit 1 --json
holds '.[0] | .text == "it vanishes" and .ttl == 90'
ben ephemeral Ada off --json
holds '.ephemeral == null'
becomes ada '.ephemeral == null' friends show Ben

part "written down"
ada export --friend Ben
holds '.text != "it vanishes"'
ada export --format md -o "$home/talk.md"
grep -qF "hello, Ben" "$home/talk.md" || wrong "the conversation is in the file"
refuses 1 ada export -o "$home/talk.md"
ada export -o "$home/talk.md" --force
jq -e .id "$home/talk.md" >"$home/fits" || wrong "a message a line"
{ chattor --profile ada rpc describe || echo "it left with $?" >&2; } 2>"$err" | head -n 1 >"$out"
if [ -s "$err" ] || [ "$(cat "$out")" != "{" ]; then wrong "head may end before the words do"; fi
