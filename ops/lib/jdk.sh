# Sourced by the scripts of ops: finds a JDK that Espalier accepts, or says what is missing.
# It downloads nothing. Override with JAVA_HOME.

NEED_JDK=25

# The major version of the JDK in folder $1, or nothing if it holds no JDK.
jdk_major() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

accepts_jdk() {
  major=$(jdk_major "$1")
  [ -n "$major" ] && [ "$major" -ge "$NEED_JDK" ]
}

# The home of the first JDK that is new enough: JAVA_HOME, the javac on the path, the usual places.
find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && accepts_jdk "$JAVA_HOME"; then
    echo "$JAVA_HOME"
    return
  fi
  javac=$(command -v javac || true)
  if [ -n "$javac" ]; then
    home=$(dirname "$(dirname "$(readlink -f "$javac")")")
    if accepts_jdk "$home"; then
      echo "$home"
      return
    fi
  fi
  for home in /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if accepts_jdk "$home"; then
      echo "$home"
      return
    fi
  done
}

# Sets java to the program, or ends the script; $1 is the script's name.
require_java() {
  jdk=$(find_jdk)
  if [ -z "$jdk" ]; then
    echo "$1: Espalier needs a JDK $NEED_JDK or newer, and none was found." >&2
    echo "  Install one (Temurin or your system's openjdk-$NEED_JDK-jdk) or set JAVA_HOME to it." >&2
    exit 1
  fi
  java="$jdk/bin/java"
}
