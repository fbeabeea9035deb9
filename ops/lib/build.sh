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
  echo "$1: built in $(($(date +%s) - began)) s"
}

# Sets platform_libraries to a folder of the jars inside the packaged platform: drivers, the wire
# contract, JSON. They are unpacked again when the platform is newer.
unpack_platform() {
  packaged=$(jar platform-web/target/web)
  platform_libraries="$root/target/ops-libraries/BOOT-INF/lib"
  if [ "$platform_libraries" -nt "$packaged" ]; then return; fi
  rm -rf "$root/target/ops-libraries"
  mkdir -p "$root/target/ops-libraries"
  (cd "$root/target/ops-libraries" && "$jdk/bin/jar" xf "$packaged" BOOT-INF/lib)
  touch "$platform_libraries"
}
