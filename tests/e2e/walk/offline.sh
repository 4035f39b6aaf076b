# Two nodes start. Meanwhile Zoe, who has none: what reads opens her store itself, all else says that a node is missing.

part "two nodes start"
starts ada daemon
starts ben --daemon

part "reading the store"
while read -r verb; do
    # shellcheck disable=SC2086 # words of a command line
    refuses 1 zoe --passphrase-fd 0 $verb </dev/null
    tells "what descriptor 0 holds is empty"
done <<END
identity
friends list
friends requests
friends show f1
history f1
search hello
trace m1
outbox list
channels feed public
agents list
agents log
approvals list
export
backup create $home/zoe.backup
backup verify $home/zoe.backup
passphrase
daemon
END
refuses 6 zoe --passphrase-file "$home/zoe.key" history Ben
refuses 5 zoe --passphrase-file "$home/ben.key" search hello --json
refuses 1 zoe --passphrase-file "$home/nothing.key" identity
zoe logs --json
exits 1 zoe doctor --json
shape . ok rungs
shape '.rungs[0]' name ok seconds detail advice
chmod 644 "$home/zoe.key"
refuses 1 zoe --passphrase-file "$home/zoe.key" identity
tells "chmod 600"
chmod 600 "$home/zoe.key"

part "what only a node can do"  # mcp and gateway wait for one
while read -r verb; do
    # shellcheck disable=SC2086 # words of a command line
    refuses 3 zoe $verb
done <<END
status
stop
lock
unlock
activity idle
rotate onion
rotate identity
friends add $zoe_code
friends accept f1
friends reject f1
friends cancel f1
friends rename f1 Benny
friends remove f1
friends block f1
friends unblock f1
friends mute f1
friends unmute f1
friends set f1 muted on
friends acknowledge f1
friends verify f1
send f1 hello
edit m1 hello
delete m1
react m1 +
read f1
draft f1
ephemeral f1 off
outbox retry m1
outbox cancel m1
outbox resend m1
recv
listen
consumers list
consumers ack bot 0
consumers forget bot
channels list
channels create news
channels publish public hello
channels subscribe $zoe_code
channels unsubscribe c1
channels read c1
channels sync
channels retract p1
agents add bot
agents revoke bot
approvals allow a1
approvals deny a1
END
