#!/bin/sh
# A trainer for fault runs: apprentice.sh PLACE REAL_TRAINER SPEC_FILE WORK_FOLDER
# Its training is a chain of hashes from the job's seed on, so that a wrong step, a step too many or
# a foreign checkpoint shows in the weights. Every step leaves a tick in PLACE. Jobs with a seed of
# 1000 or more are given to the real trainer.
set -eu
place=$1
spec=$3
work=$4
steps=30
save_every=6

read -r text < "$spec" || true
seed=${text##*\"seed\":}
seed=${seed%%[!0-9]*}
if [ "$seed" -ge 1000 ]; then exec "$2" run "$spec" "$work"; fi
task=${text#*\"taskId\":\"}
task=${task%%\"*}
cd "$work"
lease=$(basename "$work")

say() {
  printf '{"kind":"%s","at":"%s"%s}\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$2" >> events.jsonl
}

# The name of file $1 with its hash and size, as an event names it.
named() {
  printf '{"name":"%s","blob":{"sha256":"%s","bytes":%s}}' \
    "$1" "$(sha256sum "$1" | cut -d' ' -f1)" "$(wc -c < "$1")"
}

has_to_leave() {
  [ -e stop ] || [ "$(cat deadline)" -le $(($(date +%s%3N) + ${ESPALIER_CLOCK_OFFSET_MILLIS:-0})) ]
}

tick() {
  echo "$lease $step $(date +%s%3N)" >> "$place/ticks/$task"
}

checkpoint() {
  [ "$step" -gt 0 ] || return 0
  mkdir -p "checkpoints/$step"
  echo "$step $state" > "checkpoints/$step/state.new"
  mv "checkpoints/$step/state.new" "checkpoints/$step/state"
  say CHECKPOINT ",\"step\":$step,\"files\":[$(named "checkpoints/$step/state")]"
}

yield() {
  say YIELDED ",\"step\":$step"
  exit 0
}

train() {
  step=0
  state=$seed
  if [ -e inputs/checkpoint/state ]; then read -r step state < inputs/checkpoint/state; fi
  say STARTED ",\"engine\":\"sh\",\"fromStep\":$step"
  while [ "$step" -lt "$steps" ]; do
    if has_to_leave; then
      checkpoint
      yield
    fi
    tick
    sleep 0.1
    step=$((step + 1))
    state=$(echo "$state $step" | sha256sum | cut -d' ' -f1)
    say METRICS ",\"step\":$step,\"points\":[{\"name\":\"train/loss\",\"value\":$((steps - step))}]"
    if [ $((step % save_every)) -eq 0 ]; then checkpoint; fi
  done
  mkdir -p best
  echo "$state" > best/weights
  say TRAINED ",\"steps\":$steps,\"bestStep\":$steps,\"validationAccuracy\":0.9,\"files\":[$(named best/weights)]"
}

# Reads and says once what PLACE has for it.
answer() {
  step=0
  say STARTED ',"engine":"sh","fromStep":0'
  if has_to_leave; then yield; fi
  tick
  sleep 0.2
  cat "$place/$1.json" >> events.jsonl
}

case $text in
  *'"kind":"PROFILE"'*) answer profiled ;;
  *'"kind":"EVALUATE"'*)
    test -s inputs/trained/weights
    answer evaluated
    ;;
  *) train ;;
esac
