#!/usr/bin/env bash
# fake-gcs-server heeds ifGenerationMatch where an object is uploaded, and nowhere else.
#
# fake-gcs-server v1.56.1 (Go), memory backend, over HTTP; "absent" is ifGenerationMatch=0:
#   upload, absent, twice                           200, then 412: as Google's store answers
#   delete, a generation that the object never had  200, and it is gone (Google's store: 412)
#   rewrite over an object, absent                  200, and it is replaced (412)
#   compose over an object, absent                  200, and it is replaced (412)
# What to do: a claim that is made by an upload can be tested on it. For a move or a deletion under a
# condition test that the request carries the condition; the answer shows nothing.
# What Google's store answers is from its own pages on preconditions, not tried here.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
GOBIN="$work" go install github.com/fsouza/fake-gcs-server@v1.56.1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/fake-gcs-server" -scheme http -host 127.0.0.1 -port "$port" -backend memory -log-level error &
server=$!
store="http://127.0.0.1:$port"
for _ in $(seq 50); do curl -s -o "$work/none" "$store/storage/v1/b?project=p" && break; sleep .1; done

ask() { curl -s -m 20 -o "$work/answer" -w '%{http_code}' "$@"; }
upload() { ask -X POST "$store/upload/storage/v1/b/bucket/o?uploadType=media&name=$1" --data-binary "$2"; }
content() { curl -s -m 20 "$store/storage/v1/b/bucket/o/$1?alt=media"; }
json=(-H 'content-type: application/json')

ask -X POST "$store/storage/v1/b?project=p" "${json[@]}" -d '{"name": "bucket"}' > "$work/none"
seen="upload $(upload 'claim&ifGenerationMatch=0' one) $(upload 'claim&ifGenerationMatch=0' two)"
seen+=", delete $(ask -X DELETE "$store/storage/v1/b/bucket/o/claim?ifGenerationMatch=1")"
upload source new > "$work/none"
upload moved old > "$work/none"
upload joined old > "$work/none"
seen+=", rewrite $(ask -X POST "${json[@]}" -d '{}' \
    "$store/storage/v1/b/bucket/o/source/rewriteTo/b/bucket/o/moved?ifGenerationMatch=0") $(content moved)"
seen+=", compose $(ask -X POST "${json[@]}" -d '{"sourceObjects": [{"name": "source"}], "destination": {}}' \
    "$store/storage/v1/b/bucket/o/joined/compose?ifGenerationMatch=0") $(content joined)"
echo "$seen"
[ "$seen" = "upload 200 412, delete 200, rewrite 200 new, compose 200 new" ]
