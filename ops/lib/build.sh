# Sourced by the scripts of ops, after root is set: builds the jars when sources are newer.

# The jar $1-VERSION.jar, or nothing if it is not built.
jar() {
  for found in "$root/$1"-*.jar; do
    if [ -f "$found" ]; then
      echo "$found"
      return
    fi
  done
}

has_jar() {
  [ -n "$(jar "$1")" ]
}

# Why the jars must be built, in a few words; nothing if they are up to date.
why_build() {
  stamp="$root/target/ops-build"
  for jar in platform-web/target/web gpu-agent/daemon/target/agent gpu-agent/trainer/target/trainer; do
    has_jar "$jar" || {
      echo "there is no $jar-*.jar yet"
      return
    }
  done
  [ -f "$stamp" ] || {
    echo "they were not built by ops"
    return
  }
  # Vaadin's build writes its frontend folder itself.
  changed=$(find "$root/pom.xml" "$root/orchestrator" "$root/gpu-agent" "$root/migrations" \
    "$root/platform-web" \( -name target -o -name frontend -o -path "*/src/test" \) -prune \
    -o -type f -newer "$stamp" -print | head -n 1)
  if [ -n "$changed" ]; then echo "${changed#"$root/"} has changed"; fi
}

# Builds if needed and says how long it took; $1 is the script's name.
build_if_needed() {
  # The build itself runs the demo as one of its checks.
  [ "${ESPALIER_OPS_BUILD:-}" != skip ] || return 0
  reason=$(why_build)
  [ -n "$reason" ] || return 0
  echo "$1: building the jars: $reason"
  began=$(date +%s)
  mkdir -p "$root/target"
  touch "$root/target/ops-build.began"
  if ! "$root/mvnw" -q package -DskipTests; then
    echo "$1: the build failed, see above" >&2
    exit 1
  fi
  # The moment before the build: what changed while it ran is built next time.
  mv "$root/target/ops-build.began" "$root/target/ops-build"
  unpack_platform "$1"
  echo "$1: built in $(($(date +%s) - began)) s"
}

# Sets platform_jar to the platform with its libraries beside it, which starts a third faster than the
# one jar that holds them all, platform_libraries to their folder, and platform_cache to what its rehearsal
# left. Unpacked again when the jar is newer; whoever else unpacks at the same time is waited for.
unpack_platform() {
  packaged=$(jar platform-web/target/web)
  if [ -z "$packaged" ]; then
    echo "$1: the platform is not built. Build it with" >&2
    echo "  ./mvnw -q package -DskipTests" >&2
    exit 2
  fi
  unpacked="$root/target/ops-platform"
  platform_jar="$unpacked/$(basename "$packaged")"
  platform_libraries="$unpacked/lib"
  platform_cache="$unpacked/platform.aot"
  mkdir -p "$root/target"
  (
    flock 9
    # The jar's own time is that of the last release, so that equal sources make equal jars.
    if [ -d "$platform_libraries" ] \
        && [ -z "$(find "$packaged" -cnewer "$platform_libraries")" ]; then
      exit
    fi
    rm -rf "$unpacked"
    "$java" -XX:TieredStopAtLevel=1 -Djarmode=tools -jar "$packaged" extract \
      --destination "$unpacked" >/dev/null
    rehearse_platform "$1"
    touch "$platform_libraries"
  ) 9>"$root/target/ops-platform.lock"
}

# Starts the platform once, in a folder of its own that is deleted, and lets it end: from what Java notes
# down it starts in two thirds of the time later on. All works without it, too.
rehearse_platform() {
  echo "$1: rehearsing the platform's start, once after each build" >&2
  home=$(mktemp -d)
  # Of this shell's settings it hears nothing: it must not touch a platform's data.
  if ! env -i PATH="$PATH" HOME="$HOME" ESPALIER_HOME="$home" ESPALIER_LOCAL_AGENT=off \
      "$java" -XX:AOTCacheOutput="$platform_cache" -Dspring.context.exit=onRefresh \
      -jar "$platform_jar" >"$root/target/rehearsal.log" 2>&1; then
    echo "$1: the rehearsal failed, and starts take longer; see target/rehearsal.log" >&2
    rm -f "$platform_cache"
  fi
  rm -rf "$home"
}
