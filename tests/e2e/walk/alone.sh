# What needs neither node nor passphrase, and the profiles of three people.

part "before there is anything"
exits 0 - --version
exits 0 - --help
shows "Exit codes: 0 done"
refuses 2 - frobnicate
refuses 2 - history --json
refuses 2 - ephemeral Ben tomorrow
refuses 2 - demo
refuses 1 - identity --json
refuses 1 - daemon
for shell in bash zsh fish; do
    exits 0 - completion "$shell"
    shows "_CHATTOR_COMPLETE=${shell}_complete"
done
ada paths --json
shape . profile config settings data database log socket
ada rpc describe
holds '.methods | length > 60'
ada --color always paths
grep -q "$(printf '\033')" "$out" || wrong "always is always"
NO_COLOR=1 ada paths
! grep -q "$(printf '\033')" "$out" || wrong "a pipe is no terminal"

part "settings, keys and themes"
ada settings list
shows "delivery.expire_after"
ada settings get delivery.expire_after --json
shape . key value default choices help restart
ada settings set delivery.expire_after 24h
ada settings set agent.capabilities - <<END
search
translate.fr
END
ada settings get agent.capabilities --json
holds '.value == "search\ntranslate.fr"'
ada settings set agent.capabilities ''
refuses 1 ada settings get delivery.expire
refuses 1 ada settings set delivery.expire_after soon --json
ada notifications off
ada settings get notifications.enabled --json
holds '.value == "off"'
ada settings schema
holds '.title == "chattor settings.toml"'
ada keys --json
shape '.[0]' id place keys title help
ada theme list
shows high-contrast
ada theme show dark
cp "$out" "$home/mine.toml"
ada theme check "$home/mine.toml" --json
holds '.readable and .pairs[0].contrast >= 4.5'
sed 's/^text = .*/text = "#111111"/' "$home/mine.toml" >"$home/dim.toml"
exits 1 ada theme check "$home/dim.toml"
shows "not everything can be read"
refuses 1 ada theme check "$home/nothing.toml"
refuses 6 ada theme show nowhere

part "profiles"
keyed ada init --name Ada --json
shape . name friend_code onion fingerprint
refuses 1 ada --passphrase-file "$home/ada.key" init --name Ada
exits 0 ben --passphrase-fd 3 init --name Ben 3<"$home/ben.key"
shows "friend code"
keyed zoe init --name Zoe --json
zoe_code=$(value .friend_code)
exits 0 - profiles list --json
holds 'map(.name) == ["ada", "ben", "zoe"] and all(.running or .locked | not)'
exits 0 - profiles switch ben
refuses 6 - profiles switch nobody --json
exits 0 - --passphrase-file "$home/ben.key" identity --json
holds '.name == "Ben"'
