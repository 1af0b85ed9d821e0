#!/bin/sh
# The load of the course: many requests, 25 at a time, without and with kept connections.
#   labs/gallery/ab.sh                  5000 requests to the gallery on port 8080
#   labs/gallery/ab.sh 200 http://127.0.0.1:8081/images.json
# A third argument is a file that gets the percentiles of the second run, with kept connections.
set -eu
requests="${1:-5000}"
url="${2:-http://127.0.0.1:8080/api/images.json}"
for flags in '' '-k'; do
  # shellcheck disable=SC2086 # No flag must be no argument.
  ab -q -n "$requests" -c 25 $flags ${3:+-e "$3"} "$url" | grep -E '^(Complete|Failed|Non-2xx|Keep-Alive|Requests per)'
done
