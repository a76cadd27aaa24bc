#!/bin/sh
# Fails where a target imports a room that Package.swift does not give it, or unsafe code stands outside the rooms that may hold it.
set -eu
cd "$(dirname "$0")/.."
rooms="Diagnostics Memory Columns LuaHost Expressions Aggregation Planning YAMLNodes PipelineFiles LuaPlugins Formats Stages Runner"
status=0
level() { # the floor a room stands on; imports go to lower floors only
  case $1 in
    Diagnostics) echo 0 ;; Memory) echo 1 ;; Columns) echo 2 ;; LuaHost) echo 3 ;; Expressions | Aggregation) echo 4 ;;
    Planning) echo 5 ;; YAMLNodes) echo 1 ;; Formats) echo 3 ;; PipelineFiles | LuaPlugins | Stages | Runner) echo 6 ;;
  esac
}
for room in $rooms; do
  for import in $(grep -rhoE '^(public |package |internal )?import [A-Za-z]+' "Sources/$room" | sed 's/.* //' | sort -u); do
    case " $rooms " in *" $import "*) ;; *) continue ;; esac
    if [ "$(level "$import")" -ge "$(level "$room")" ]; then
      echo "Sources/$room imports $import, which does not stand below it" >&2
      status=1
    fi
  done
done
for room in Diagnostics Columns Expressions Aggregation Planning YAMLNodes PipelineFiles LuaPlugins Formats Stages Runner; do
  if grep -rnE 'Unsafe(Mutable)?(Raw)?(Buffer)?Pointer|withUnsafe' "Sources/$room" --include='*.swift' >&2; then
    echo "Sources/$room has unsafe code; it belongs in Memory, LuaHost or C" >&2
    status=1
  fi
done
exit $status
