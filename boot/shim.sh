#!/bin/sh
# tini → this → podmate. A podmate that was killed (KILL, ABRT, SEGV) is started again, at most 5 times in 10 minutes;
# any other end of podmate ends the container. Usage: shim.sh node entrypoint.ts
starts='' stop='' pid=''
# Twice, which podmate takes for once: the first may come while this shell turns into podmate, and be lost.
# Nothing is begun without a pid: `$!` would then be that.
tell() { stop=$1; if [ -n "$pid" ]; then { kill "-$stop" "$pid"; sleep 0.2; kill "-$stop" "$pid"; } 2>/dev/null & fi; }
trap 'tell TERM' TERM
trap 'tell INT' INT
while :; do
  "$@" &
  pid=$!
  [ -z "$stop" ] || tell "$stop" # it came when nobody was there to be told
  while wait "$pid"; code=$?; kill -0 "$pid" 2>/dev/null; do :; done # a signal to us ends a wait early,
  wait "$pid" 2>/dev/null; again=$? # even when podmate ended at that moment; 127: that wait knew its code
  [ "$again" -eq 127 ] || code=$again
  pid=''
  case $code in 134 | 137 | 139) ;; *) exit "$code" ;; esac
  now=$(date +%s)
  recent=$now
  for at in $starts; do [ $((now - at)) -ge 600 ] || recent="$recent $at"; done
  starts=$recent
  [ "$(echo "$starts" | wc -w)" -le 5 ] || exit "$code"
  sleep "0.$((now % 5 + 1))"
  [ -z "$stop" ] || exit "$code"
done
