# Sourced by ./mvnw and ./headrace: points JAVA_HOME at a JDK 25 or newer, or says what to install and stops.
# Looks at JAVA_HOME, then PATH, then the usual installation folders.

headrace_jdk_version() { # prints the feature version of the JDK in folder $1, or nothing
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] &&
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

headrace_try_jdk() {
  headrace_version=$(headrace_jdk_version "$1")
  [ "${headrace_version:-0}" -ge 25 ] && JAVA_HOME=$1 && export JAVA_HOME
}

headrace_find_jdk() {
  [ -n "${JAVA_HOME:-}" ] && headrace_try_jdk "$JAVA_HOME" && return 0
  headrace_javac=$(command -v javac) && headrace_javac=$(readlink -f "$headrace_javac") &&
    headrace_try_jdk "${headrace_javac%/bin/javac}" && return 0
  for headrace_dir in /usr/lib/jvm/* /opt/jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    headrace_try_jdk "$headrace_dir" && return 0
  done
  return 1
}

headrace_install_jdk() { # only where it takes no question: root on a Debian-like system whose packages have it
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1 || apt-get update >/dev/null 2>&1 || return 1
  apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1 || return 1
  echo "headrace: no JDK 25 found; installing openjdk-25-jdk-headless" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y openjdk-25-jdk-headless >/dev/null
}

if ! headrace_find_jdk && ! { headrace_install_jdk && headrace_find_jdk; }; then
  cat >&2 <<'MESSAGE'
headrace: no JDK 25 or newer found (looked at JAVA_HOME, PATH, /usr/lib/jvm and the usual folders).
Install one and run this again, for example
  Debian, Ubuntu:  apt-get install openjdk-25-jdk-headless   (or temurin-25-jdk from Adoptium's repository)
  Fedora:          dnf install java-25-openjdk-devel
  macOS:           brew install openjdk@25
or point JAVA_HOME at the folder of one you have.
MESSAGE
  exit 1
fi
