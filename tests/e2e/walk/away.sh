# Ben locks his node, first the door and then the house; what Ada writes meanwhile waits for him.

part "a locked door"
ben lock
refuses 5 ben history Ada
refuses 5 ben friends list --json
ben status --json
holds .locked
keyed ben unlock
ben friends list

part "a locked house"
ben lock --hard
refuses 4 ada send Ben "are you there?" --wait delivered --timeout 0.5
tells "it stays queued"
refuses 4 ada send Ben "hello?" --wait delivered --timeout 0.5 --json
ada send Ben "never mind" --priority low --json
never_mind=$(value .id)
ada send Ben "call me" --json
call_me=$(value .id)
ada outbox list --json
shape '.[0]' id friend text state attempts next_attempt_at reason queued_at
holds 'map(.text) == ["are you there?", "hello?", "never mind", "call me"]'
ada outbox retry "$never_mind" --json
holds '.state == "queued"'
for message in "$never_mind" "$call_me"; do
    ada outbox cancel "$message" --json
    holds '.state == "cancelled"'
done
refuses 1 ada outbox cancel "$call_me"
refuses 6 ada outbox retry m999
ada outbox resend "$call_me" --json
holds '.state == "queued"'
ada outbox list --limit 1
shows "are you there?"
keyed ben unlock
ben status --json
holds '.locked | not'
becomes ben '.[-3:] | map(.text) == ["are you there?", "hello?", "call me"]' history Ada
becomes ada '. == []' outbox list
