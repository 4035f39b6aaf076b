# Channels: Ada's own, what Ben reads of them, and what is taken back.

part "channels"
ada channels list --json
shape '.[0]' id name owner own access subscribed posts unread last_sync
holds 'map(select(.own).name) == ["public", "friends"]'
ada channels create news --access friends --json
news=$(value .id)
holds '.own and .access == "friends"'
refuses 1 ada channels create news
ada channels publish news "read all about it" --json
shape . id channel seq text created_at seen_by retracted
printf 'two\nlines\n' | ada channels publish news - --json
post=$(value .id)
ben channels sync --json
holds 'map(.name) == ["public", "friends"]'
becomes ben 'any(.name == "news" and .owner == "Ada")' channels list
ben channels subscribe Ada --channel news --json
holds '.subscribed and .name == "news"'
becomes ben 'map(.text) == ["two\nlines", "read all about it"]' channels feed Ada/news
shape '.[0]' id channel seq text created_at seen_by retracted
ben channels read Ada/news --json
holds '.unread == 0'
becomes ada '.[0].seen_by == 1' channels feed news
ben search in:Ada/news about
shows "read all about it"
ada channels retract "$post" --json
holds '.retracted and .text == null'
becomes ben '.[0].retracted' channels feed Ada/news
ben channels sync Ada/news --json
holds 'map(.name) == ["news"]'
ben channels unsubscribe Ada/news --json
holds '.subscribed | not'
refuses 1 ben channels publish Ada/news hello
refuses 6 ben channels feed nowhere
refuses 2 ada channels create more --access some --json
