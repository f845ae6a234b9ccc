# What bin/bootstrap and bin/engine share: words, the cache, one build at a time.
# A script names itself in $speaker and its checkout in $checkout, then reads this file.

progress_every=15
started=$(date +%s)

say() { printf '%s: %s\n' "$speaker" "$*" >&2; }

refuse() {
    say "$@"
    exit 2
}

find_cache() {
    user_cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    cache=${TENANTRY_CACHE:-${user_cache:+$user_cache/tenantry}}
    [ -n "$cache" ] || refuse "HOME is not set. Set TENANTRY_CACHE to a folder that you can write."
    case $cache in /*) ;; *) cache="$PWD/$cache" ;; esac
}

# Quotes a text for the shell that evaluates what is printed.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

print_export() { printf 'export %s=%s\n' "$1" "$(quoted "$2")"; }

checksum() { cksum | tr ' ' '-' | cut -d- -f1,2; }

# A symbolic link is made in one step and carries the holder's process id.
take_lock() {
    waited=0
    until ln -s "$$" "$lock" 2>/dev/null; do
        holder=$(readlink "$lock" 2>/dev/null) || continue
        if ! kill -0 "$holder" 2>/dev/null; then
            rm -f "$lock"
            continue
        fi
        [ $((waited % progress_every)) -ne 0 ] || say "waiting for another build (process $holder)"
        sleep 1
        waited=$((waited + 1))
    done
    locked=yes
}

clean_up() {
    [ -z "${job:-}" ] || kill "$job" 2>/dev/null
    [ -z "${aside:-}" ] || rm -rf "$aside"
    [ -z "${locked:-}" ] || rm -f "$lock"
}

# Takes the lock of a folder of the cache; $aside is then a place to build in, $log what steps say.
begin_building() {
    folder=$1
    lock=$2
    mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
        refuse "$cache cannot be written. Set TENANTRY_CACHE to a folder that you can write."
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    take_lock
    aside=$(mktemp -d "$folder/.building-XXXXXX") || exit 1
    log="$aside/log"
}

# Runs a command, says every few seconds that it still does; its talk goes to $log.
# A command that takes longer than $limit seconds, if that is set, is ended.
patiently() {
    what=$1
    shift
    say "$what"
    "$@" >"$log" 2>&1 &
    job=$!
    began=$(date +%s)
    said=0
    while kill -0 "$job" 2>/dev/null; do
        sleep 0.1 2>/dev/null || sleep 1 # POSIX promises whole seconds only
        waited=$(($(date +%s) - began))
        [ -z "${limit:-}" ] || [ "$waited" -lt "$limit" ] || kill "$job" 2>/dev/null
        [ "$waited" -lt $((said + progress_every)) ] && continue
        said=$waited
        say "$what: $waited s so far"
    done
    wait "$job"
    outcome=$?
    job=
    return "$outcome"
}

step() {
    patiently "$@" && return
    say "$1: this failed, and nothing was kept. What it said:"
    sed 's/^/    /' "$log" | tail -n 20 >&2
    exit 1
}

# What uv fetches is kept in the one cache folder; whoever has caches of their own keeps using them.
choose_registry() {
    export UV_CACHE_DIR="${UV_CACHE_DIR:-$cache/downloads}"
    export UV_PYTHON_INSTALL_DIR="${UV_PYTHON_INSTALL_DIR:-$cache/python}"
    export UV_NO_PROGRESS=1
    # uv does not read what tells pip which registry to ask.
    [ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
}
