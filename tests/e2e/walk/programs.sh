# Programs: those that take events, and those that act within a grant, by MCP and through the gateway.

part "events"
ada recv --since 0 --limit 2 --json
shape . events cursor
shape '.events[0]' cursor event at
holds '.events | length == 2'
cursor=$(value .cursor)
ada recv --since 0 --limit 2 --ack
shows "cursor $cursor"
ada recv --limit 1 --json
holds ".events[0].cursor | tonumber > $cursor"
ada consumers ack bot "$cursor" --json
shape . name cursor waiting acknowledged_at
ada consumers list --json
holds 'map(.name) == ["bot", "recv"] and all(.waiting > 0)'
interrupted ada '.event == "message_received"' listen --consumer bot
ada consumers forget bot
refuses 6 ada consumers forget bot
refuses 1 ada recv --since yesterday --json

part "an agent, by MCP"
ada agents add helper --send-to Ben --json
shape . name grant created_at last_used calls token
value .token >"$home/helper.token"
friend=$(value '.grant.send_to[0]')
ada agents list --json
shape '.[0]' name grant created_at last_used calls
mkfifo "$home/asked" "$home/answered"
last="chattor --profile ada mcp"
chattor --profile ada mcp --token-file "$home/helper.token" <"$home/asked" >"$home/answered" 2>"$err" &
exec 4>"$home/asked" 5<"$home/answered"
asks 1 initialize '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"walk","version":"1"}}'
holds '.result.serverInfo.name == "chattor"'
echo '{"jsonrpc":"2.0","method":"notifications/initialized"}' >&4
asks 2 tools/list '{}'
holds '.result.tools | map(.name) | index("send_message")'
asks 3 tools/call '{"name":"list_friends","arguments":{}}'
holds ".result.structuredContent.result[0].id == \"$friend\""
asks 4 tools/call "{\"name\":\"send_message\",\"arguments\":{\"friend\":\"$friend\",\"text\":\"from a program\"}}"
holds '.result.structuredContent.state == "queued"'
for text in "by a program" "never said"; do
    asks 5 tools/call "{\"name\":\"publish_channel_post\",\"arguments\":{\"channel\":\"$news\",\"text\":\"$text\"}}"
    holds '.result.structuredContent.pending_approval'
done
ada approvals list --json
shape '.[0]' id agent action friend text at
holds 'map(.text) == ["by a program", "never said"] and all(.agent == "helper" and .action == "publish")'
allowed=$(value '.[0].id') denied=$(value '.[1].id')
ada approvals list
shows "by a program"
ada approvals allow "$allowed" --json
holds '.state == "allowed"'
ada approvals deny "$denied" --json
holds '.state == "denied"'
refuses 6 ada approvals allow a999
ada channels feed news --json
holds 'map(.text) | index("by a program") != null and index("never said") == null'
exec 4>&- 5<&-
wait $!
noted 0 mcp
ada agents log helper --json
shape '.[0]' at agent method subject outcome
holds 'map(.method) | index("send") and index("channels.publish")'
refuses 2 ada mcp
refuses 1 ada mcp --token-file "$home/nothing.token"

part "an agent, through the gateway"
mkfifo "$home/url"
last="chattor --profile ada gateway"
chattor --profile ada gateway --port 0 --json >"$home/url" 2>"$err" &
gateway=$! running="$running $!"
read -r url <"$home/url"
url=${url#*\"url\":\"} url=${url%%\"*}
status='{"jsonrpc":"2.0","id":2,"method":"status"}'
printf '%s\n' "$status" "$status" | python "$here/speak.py" "$url" >"$out"
shows "bad_token"
shows "closed: 1008"
{
    jq -cR '{jsonrpc: "2.0", id: 1, method: "agent.login", params: {token: .}}' "$home/helper.token"
    echo "$status"
} | python "$here/speak.py" "$url" >"$out"
tail -n 1 "$out" | jq -e .result.reachable >"$home/fits" || wrong "with the token the node answers"
ada agents revoke helper --json
holds '.name == "helper"'
refuses 6 ada agents revoke helper
refuses 2 ada agents add helper --scopes everything
refuses 2 ada gateway --origin nowhere --json
kill -INT "$gateway"
wait "$gateway"
noted 0 gateway
