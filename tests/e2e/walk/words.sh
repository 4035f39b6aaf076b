# The words in which the walk is told. Whatever runs a verb of chattor notes it in $trace, with its exit code: that is
# how tests/e2e/test_walk.py knows that none was left out.

ada() { exits 0 ada "$@"; }
ben() { exits 0 ben "$@"; }
zoe() { exits 0 zoe "$@"; }

exits() { # CODE WHO ARGUMENT...: run chattor as WHO (- names nobody); it leaves with CODE, its words in $out and $err
    wanted=$1 who=$2
    shift 2
    [ "$who" = - ] || set -- --profile "$who" "$@"
    last="chattor $*"
    code=0
    chattor "$@" >"$out" 2>"$err" || code=$?
    noted "$code" "$@"
    [ "$code" -eq "$wanted" ] || wrong "it should leave with $wanted"
}

keyed() { # WHO ARGUMENT...: likewise with the passphrase, for whoever has no node
    keyholder=$1
    shift
    exits 0 "$keyholder" --passphrase-file "$home/$keyholder.key" "$@"
}

refuses() { # CODE WHO ARGUMENT...: nothing on stdout, and one line that says what is wrong and what to do
    exits "$@"
    [ ! -s "$out" ] || wrong "a refusal is no data"
    [ "$(wc -l <"$err")" -eq 1 ] || wrong "a refusal is one line"
    case " $* " in
        *" --json "*) jq -e '.error | .code and .message and .hint' <"$err" >"$home/fits" || wrong "no error as JSON" ;;
        *) grep -q '^chattor: [^ ].*[.?] [A-Z`].*\.$' "$err" || wrong "it should say what is wrong, and what to do" ;;
    esac
}

holds() { # CONDITION: it holds of the JSON that was said, in the language of jq
    jq -e "$1" <"$out" >"$home/fits" || wrong "this should hold: $1"
}

shape() { # WHERE KEY...: the object there has these keys
    where=$1
    shift
    jq -e --args "$where | . as \$it | \$ARGS.positional | all(. as \$key | \$it | has(\$key))" "$@" \
        <"$out" >"$home/fits" || wrong "$where should have $*"
}

mistyped() { # CODE: it ends in another letter than it should
    case $1 in
        *q) echo "${1%?}p" ;;
        *) echo "${1%?}q" ;;
    esac
}

value() { jq -r "$1" <"$out"; } # WHERE: what is there, as text
shows() { grep -qF -- "$1" "$out" || wrong "stdout should show: $1"; }
tells() { grep -qF -- "$1" "$err" || wrong "stderr should tell: $1"; }

becomes() { # WHO CONDITION VERB...: ask again until the answer fits
    asked=$1 condition=$2 deadline=$(($(date +%s) + patience))
    shift 2
    while
        exits 0 "$asked" --json "$@"
        ! jq -e "$condition" <"$out" >"$home/fits"
    do
        [ "$(date +%s)" -lt "$deadline" ] || wrong "in $patience s this did not come: $condition"
    done
}

interrupted() { # WHO CONDITION VERB...: let a verb that follows something run until a line fits; then Ctrl-C
    who=$1 condition=$2
    shift 2
    last="chattor --profile $who $*"
    rm -f "$home/lines" && mkfifo "$home/lines"
    {
        jq -n "first(inputs | select($condition))" >"$out"
        kill -INT "$(cat "$home/following")"
    } <"$home/lines" &
    code=0
    # shellcheck disable=SC2016 # that shell's own number, which exec keeps
    sh -c 'echo $$ >"$0" && exec chattor "$@"' "$home/following" --profile "$who" "$@" >"$home/lines" 2>"$err" || code=$?
    wait $!
    noted "$code" "$@"
    [ "$code" -eq 130 ] || wrong "whoever is interrupted leaves with 130"
}

asks() { # ID METHOD PARAMS: one call to the program that reads descriptor 4 and answers on descriptor 5
    echo "{\"jsonrpc\":\"2.0\",\"id\":$1,\"method\":\"$2\",\"params\":$3}" >&4
    IFS= read -r answer <&5
    printf '%s\n' "$answer" >"$out"
}

starts() { # WHO WORD: let a daemon run, which WORD begins, until it answers
    last="chattor --profile $1 $2"
    chattor --profile "$1" --passphrase-file "$home/$1.key" --torrc "$torrc" "$2" >"$home/$1.out" 2>"$home/$1.err" &
    eval "$1_pid=$! $1_word=$2"
    running="$running $!"
    until chattor --profile "$1" status >"$out" 2>"$err"; do
        kill -0 $! || wrong "the daemon ended: $(cat "$home/$1.err")"
    done
}

ended() { # WHO: the daemon was asked to end, and did so cleanly, saying nothing
    eval "pid=\$$1_pid word=\$$1_word"
    code=0
    wait "${pid:?}" || code=$?
    noted "$code" "${word:?}"
    cat "$home/$1.out" "$home/$1.err" >"$out"
    if [ "$code" -ne 0 ] || [ -s "$out" ]; then wrong "the daemon of $1 should end cleanly and quietly"; fi
}

noted() { # CODE ARGUMENT...: what was run, a line each, its arguments between tabs
    printf '%s\t' "$@" | tr '\n' ' ' >>"$trace"
    echo >>"$trace"
}

part() { # TITLE
    title=$1
    echo "$(($(date +%s) - began)) s: $title"
}

wrong() { # WHAT: tell what does not hold, and of which command; the walk is over
    {
        echo "the walk ends in \"$title\": $1"
        echo "\$ $last"
        echo "exit code ${code:-?}"
        head -n 40 "$out" | sed 's/^/stdout: /'
        head -n 40 "$err" | sed 's/^/stderr: /'
    } >&2
    exit 1
}
