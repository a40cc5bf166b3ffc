# shellcheck shell=bash
# shellcheck disable=SC2034 # version and java_home are for those who read this file
# Finds a JDK for ./millrace and ./check.
#
#   JAVA_HOME              the one to prefer
#   MILLRACE_JDK_FOLDERS   patterns of folders to look into, separated by colons

# Sets version, and returns whether the folder holds a JDK of version 25 or newer.
is_jdk() {
  local line
  version=
  [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=*) [ -n "$version" ] || version=${line#*=} ;;
      JAVA_RUNTIME_VERSION=*) version=${line#*=} ;;
    esac
  done <"$1/release"
  version=${version//\"/}
  local major=${version%%[!0-9]*}
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ "${major:-0}" -ge 25 ]
}

# Prints what a link finally points to.
resolved() {
  local path=$1 link
  while [ -L "$path" ]; do
    link=$(readlink "$path")
    case $link in
      /*) path=$link ;;
      *) path=${path%/*}/$link ;;
    esac
  done
  printf '%s\n' "$path"
}

# Notes a folder for the message, and returns whether it holds a JDK that will do.
consider() {
  if is_jdk "$1"; then
    java_home=$1
    return 0
  fi
  if [ -n "$version" ] && [ ! -x "$1/bin/javac" ]; then
    version="$version, without a compiler"
  fi
  looked_at="$looked_at  $2: ${version:-no JDK}
"
  return 1
}

# Sets java_home and version, or says where it looked.
find_jdk() {
  local looked_at='' java folder IFS
  local folders="/usr/lib/jvm/*:/opt/*:/opt/java/*:/usr/java/*:$HOME/.sdkman/candidates/java/*"
  folders="$folders:/Library/Java/JavaVirtualMachines/*/Contents/Home"
  folders="$folders:$HOME/Library/Java/JavaVirtualMachines/*/Contents/Home"
  folders="$folders:/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home:$HOME/.jdks/*"
  folders=${MILLRACE_JDK_FOLDERS-$folders}

  if [ -n "${JAVA_HOME-}" ]; then
    consider "$JAVA_HOME" "JAVA_HOME, $JAVA_HOME" && return 0
  else
    looked_at="  JAVA_HOME: not set
"
  fi
  if java=$(command -v java); then
    folder=$(resolved "$java")
    consider "${folder%/bin/java}" "java on the PATH, $folder" && return 0
  else
    looked_at="$looked_at  java on the PATH: none
"
  fi
  IFS=:
  for folder in $folders; do
    if [ -r "$folder/release" ]; then
      consider "$folder" "$folder" && return 0
    fi
  done
  {
    printf '%s\n' '[java] Millrace needs a JDK of version 25 or newer and found none. Install one' \
      '(Debian: apt install openjdk-25-jdk; macOS: brew install openjdk@25) or set JAVA_HOME to its' \
      'folder. It looked at'
    printf '%s' "$looked_at"
    printf '  %s: nothing else\n' "$folders"
  } >&2
  return 1
}
