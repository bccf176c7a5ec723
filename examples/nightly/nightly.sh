#!/bin/sh
# Crawls once, for cron or a systemd timer. FILE is replaced when the crawl has
# finished and at no other time: whoever reads it sees a whole crawl, always.
#
# usage: nightly.sh SPIDER|RECIPE FILE [ARGUMENT...]
#
# The job is in .crawl of the current directory. Exits as `crawl run` does.
set -eu
spider=$1
file=$2
shift 2

# The same name every night, because a run that was stopped or killed is resumed
# only with the outputs it has; and in the same directory, so that mv is a rename.
partial=$(dirname -- "$file")/.partial-$(basename -- "$file")

# The signal reaches crawl too, and its exit code says what came of it.
trap : HUP INT TERM

code=0
crawl run "$spider" -O "$partial" "$@" || code=$?
if [ "$code" -eq 0 ]; then
    mv -f -- "$partial" "$file"
fi
exit "$code"
