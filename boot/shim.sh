#!/bin/sh
# tini → this → podmate. A podmate that was killed (KILL, ABRT, SEGV) is started again, at most 5 times in 10 minutes;
# any other end of podmate ends the container. Usage: shim.sh node entrypoint.ts
starts=''
trap 'stop=TERM; kill -TERM "$pid" 2>/dev/null' TERM
trap 'stop=INT; kill -INT "$pid" 2>/dev/null' INT
while :; do
  "$@" &
  pid=$!
  while wait "$pid"; code=$?; kill -0 "$pid" 2>/dev/null; do :; done # a signal to us ends a wait early
  case $code in 134 | 137 | 139) [ -z "$stop" ] || exit "$code" ;; *) exit "$code" ;; esac
  now=$(date +%s)
  recent=$now
  for at in $starts; do [ $((now - at)) -ge 600 ] || recent="$recent $at"; done
  starts=$recent
  [ "$(echo "$starts" | wc -w)" -le 5 ] || exit "$code"
  sleep "0.$((now % 5 + 1))"
done
