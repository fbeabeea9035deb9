#!/bin/sh
# A trainer in a few lines: fake-trainer.sh BEHAVIOUR SPEC_FILE WORK_FOLDER
# It says a point of a curve every 50 ms until the test puts a file named after the end it wants
# into the work folder, or the stop flag appears, or its deadline passes.
set -eu
behaviour=$1
work=$3
cd "$work"
step=0

say() {
  printf '{"kind":"%s","at":"%s"%s}\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$2" >> events.jsonl
}

# The name of file $1 with its hash and size, as an event names it.
named() {
  printf '{"name":"%s","blob":{"sha256":"%s","bytes":%s}}' \
    "$1" "$(sha256sum "$1" | cut -d' ' -f1)" "$(wc -c < "$1")"
}

checkpoint() {
  mkdir -p "checkpoints/$step"
  echo "weights at step $step" > "checkpoints/$step/state.bin"
  say CHECKPOINT ",\"step\":$step,\"files\":[$(named "checkpoints/$step/state.bin")]"
}

say STARTED ',"engine":"sh","fromStep":0'
echo "training in $behaviour way"

case $behaviour in
  stubborn) trap '' TERM ;;
  environment) env ;;
  escaping) printf '\033[31mred\033[0m and a bell \007\n' ;;
  bad-line) echo 'not even JSON' >> events.jsonl ;;
  stray-file) say TRAINED ',"steps":1,"bestStep":1,"validationAccuracy":0.5,"files":[{"name":"../../../credential.json","blob":{"sha256":"'"$(sha256sum ../../credential.json | cut -d' ' -f1)"'","bytes":'"$(wc -c < ../../credential.json)"'}}]'
    exit 0 ;;
  false-checkpoint) say CHECKPOINT ',"step":1,"files":[{"name":"gone.bin","blob":{"sha256":"'"$(printf 0%.0s $(seq 64))"'","bytes":3}}]' ;;
  lingering) say YIELDED ',"step":0'
    sleep 600 ;;
  dying) echo "cannot go on: out of luck" >&2
    kill -9 $$ ;;
esac

while :; do
  step=$((step + 1))
  say METRICS ",\"step\":$step,\"points\":[{\"name\":\"train/loss\",\"value\":$step.5}]"
  if [ -e save ]; then
    rm save
    checkpoint
  fi
  if [ -e finish ]; then
    cp inputs/model/weights.bin result.bin
    say TRAINED ",\"steps\":$step,\"bestStep\":$step,\"validationAccuracy\":0.75,\"files\":[$(named result.bin)]"
    exit 0
  fi
  if [ "$behaviour" != stubborn ]; then
    if [ -e stop ] || [ "$(cat deadline)" -le "$(date +%s%3N)" ]; then
      if [ "$behaviour" = halting ]; then exit 75; fi
      checkpoint
      say YIELDED ",\"step\":$step"
      exit 0
    fi
  fi
  sleep 0.05
done
