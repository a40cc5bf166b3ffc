# shellcheck shell=bash
# The slow half of ./millrace, which reads it when something is missing or stale: builds with
# Maven and makes an archive of class data for fast starts. Everything it says goes to
# standard error. Everything it makes is below target/launch.
#
#   MILLRACE_ARCHIVE=off   leave out the archive: quicker to build, slower to start
# shellcheck disable=SC2154 # launch, root, version, state and java_options come from ./millrace

cannot_start=2

say() {
  printf '%s\n' "$*" >&2
}

# ---- one build at a time

# Waits for the lock on file descriptor 9. Who holds it is known to the kernel, so that nothing is
# left behind by a killed build; macOS has no flock command, but Perl.
lock() {
  exec 9>"$launch/lock"
  if command -v flock >/dev/null; then
    flock -n 9 || {
      say "Another start is building Millrace: waiting for it."
      flock 9
    }
  elif command -v perl >/dev/null; then
    perl -e 'use Fcntl ":flock"; open(my $lock, ">&=", 9); flock($lock, LOCK_EX)'
  fi
}

unlock() {
  exec 9>&-
}

# ---- progress

step_since=0

# The step that runs now, on a terminal in place of the one before.
show_step() {
  if [ -t 2 ]; then
    printf '\r\033[K  %s  %d s' "$1" $((SECONDS - step_since)) >&2
  fi
}

end_step() {
  if [ -t 2 ]; then
    printf '\r\033[K' >&2
  fi
  printf '  %-42s %3d s\n' "$1" $((SECONDS - step_since)) >&2
  step_since=$SECONDS
}

# ---- building

# The part of a log that says why: Maven repeats itself, and ends with advice about its own options.
why_it_failed() {
  if grep -q '^\[ERROR\] Failed to execute' "$1"; then
    sed -n '/^\[ERROR\] Failed to execute/,$p' "$1"
  elif grep -q '^\[ERROR\]' "$1"; then
    grep -e '^\[ERROR\]' -e '^\[FATAL\]' "$1"
  else
    tail -20 "$1"
  fi | sed -e '/full stack trace of the errors/,$d' -e 's/ -> \[Help 1\]$//' -e '/^\[ERROR\] *$/d'
}

# Runs Maven and shows its progress by the module. Its whole log is kept.
build() {
  local log=$launch/build.log step='Maven starts' seen=0 count line maven
  say "Building Millrace with the JDK $version in $java_home (later starts need no build)"
  step_since=$SECONDS
  : >"$log"
  (
    cd "$root" &&
      JAVA_HOME=$java_home \
        MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS-}" \
        exec ./mvnw -Dquick -Dmaven.test.skip -Doutput.folder=target/quick \
        -Dstyle.color=never -pl cli -am package
  ) >"$log" 2>&1 </dev/null &
  maven=$!
  children=$maven
  while :; do
    kill -0 "$maven" 2>/dev/null && count=alive || count=ended
    local built=0
    while IFS= read -r line; do
      built=$((built + 1))
      if [ "$built" -gt "$seen" ]; then
        end_step "$step"
        seen=$built
        line=${line#*Building }
        line=${line%% \[*}
        line=${line%"${line##*[! ]}"}
        line=${line% *}
        step=${line%%:*}
      fi
    done < <(grep '^\[INFO\] Building .* \[[0-9]*/[0-9]*\]$' "$log")
    [ "$count" = alive ] || break
    show_step "$step"
    sleep 0.2
  done
  if ! wait "$maven"; then
    end_step "$step"
    say "[build] Millrace could not be built. Correct this and start again; the whole log is $log"
    why_it_failed "$log" | head -40 >&2
    return "$cannot_start"
  fi
  children=
  end_step "$step"
}

# Copies our jars into a folder named by their content, the JDK and this file: a process that runs
# keeps its jars when the next build replaces them, and an archive never meets other jars than those
# it was made of. Sets folder, classpath and the sources that were built.
collect() {
  local jars own=() name jar IFS=:
  jars=$root/cli/target/quick/classpath
  IFS= read -r jars <"$jars"
  for jar in "$root"/cli/target/quick/millrace-cli-*.jar; do
    jars=$jar:$jars
  done
  sources=("$root/pom.xml" "$root/millrace" "$root/build")
  # Packed into the jar of the command line.
  sources+=("$root/examples/src/main/java")
  for jar in $jars; do
    case $jar in
      "$root"/*/target/*)
        own+=("$jar")
        for name in pom.xml src/main; do
          [ ! -e "${jar%%/target/*}/$name" ] || sources+=("${jar%%/target/*}/$name")
        done
        ;;
    esac
  done
  name=$(cat "$java_home/release" "$root/millrace" "$root/build/prepare.sh" "${own[@]}" "$root/cli/target/quick/classpath" | cksum)
  folder=$launch/${name// /-}
  mkdir -p "$folder" || return
  classpath=
  for jar in $jars; do
    case $jar in
      "$root"/*/target/*)
        name=$folder/${jar##*/}
        [ -f "$name" ] || { cp "$jar" "$name.new" && mv "$name.new" "$name"; } || return
        jar=$name
        ;;
    esac
    classpath=$classpath${classpath:+:}$jar
  done
}

# ---- the archive of class data

# Waits for a process of ours, at most so many seconds: then it is killed.
await() {
  local process=$1 tenths=$(($2 * 10))
  while kill -0 "$process" 2>/dev/null && [ "$tenths" -gt 0 ]; do
    show_step 'Fast starts'
    sleep 0.1
    tenths=$((tenths - 1))
  done
  { kill -9 "$process" && wait "$process"; } 2>/dev/null
}

# Starts a command of Millrace, which notes the classes that it and its broker use.
train() {
  local name=$1
  shift
  MILLRACE_CACHE=$training/cache \
    JDK_JAVA_OPTIONS="\"-XX:DumpLoadedClassList=$training/%p.classes\"" \
    "$java_home/bin/java" "${java_options[@]}" -cp "$classpath" dev.millrace.cli.Main "$@" \
    </dev/null >"$training/$name.out" 2>"$training/$name.log" 9>&- &
  children="$children $!"
}

# Runs what most people run, on a broker of its own, and archives the classes that were used: one
# archive for the command line and the broker. Nothing here is needed to work: without an archive
# starts are slower.
archive_classes() {
  local dev at='' tenths=600
  archive=$folder/classes.jsa
  [ ! -f "$archive" ] || return 0
  step_since=$SECONDS
  training=$folder/training.$$
  mkdir -p "$training" || return
  train dev dev "$root/build/training/Training.java" --ephemeral --port 0 --output json
  dev=$!
  train help --help
  await $! 40
  while [ -z "$at" ] && [ "$tenths" -gt 0 ] && kill -0 "$dev" 2>/dev/null; do
    at=$(sed -n 's/.*"bootstrap":"\([^"]*\)".*/\1/p' "$training/dev.out")
    show_step 'Fast starts'
    sleep 0.1
    tenths=$((tenths - 1))
  done
  if [ -n "$at" ]; then
    train produce produce training "$root/build/training/orders.jsonl" --bootstrap "$at"
    await $! 40
  fi
  kill "$dev" 2>/dev/null
  await "$dev" 20
  # Numbers of classes, and classes of other loaders, mean nothing in another run's list. Of what is
  # said of a class (a line with @) its lambdas are worth keeping, after the classes; its constants
  # are not: they keep the old classes of picocli out of the archive.
  cat "$training"/*.classes 2>/dev/null | grep -v -e '^[#@]' -e ' super:' | sed 's/ id: [0-9]*//' | sort -u \
    >"$training/all"
  cat "$training"/*.classes 2>/dev/null | grep '^@lambda' | sort -u >>"$training/all"
  "$java_home/bin/java" "${java_options[@]}" -Xshare:dump -XX:SharedClassListFile="$training/all" \
    -XX:SharedArchiveFile="$training/classes.jsa" -cp "$classpath" >"$training/dump.log" 2>&1 9>&- &
  children=$!
  await $! 60
  children=
  if mv "$training/classes.jsa" "$archive" 2>/dev/null; then
    end_step 'Fast starts'
    rm -rf "$training"
  else
    archive=
    say "  Fast starts could not be prepared; Millrace works, but starts more slowly. See $training"
  fi
}

# ---- all of it

interrupted() {
  # shellcheck disable=SC2086 # several numbers
  [ -z "$children" ] || kill $children 2>/dev/null
  [ -z "${training-}" ] || rm -rf "$training"
  exit 130
}

# Sets java_home, classpath and archive, or returns the exit code after saying why it cannot.
prepare() {
  local code
  children=
  mkdir -p "$launch" || {
    say "[millrace] $launch cannot be written. Make the clone writable: it is built into its own folder."
    return "$cannot_start"
  }
  lock
  if ! is_prepared; then
    trap interrupted INT TERM HUP
    # Its time is when the build began: a source saved while it runs is newer.
    : >"$state.new"
    build && collect
    code=$?
    if [ "$code" -ne 0 ]; then
      rm -f "$state.new"
      return "$code"
    fi
    archive=
    [ "${MILLRACE_ARCHIVE-}" = off ] || archive_classes || archive=
    printf '%s\n' "$java_home" >"$launch/jdk"
    {
      printf 'root_then=%q\n' "$root"
      printf 'sources=('
      printf ' %q' "${sources[@]}"
      printf ')\n'
      printf 'classpath=%q\n' "$classpath"
      printf 'archive=%q\n' "$archive"
    } >"$state.text"
    touch -r "$state.new" "$state.text"
    rm "$state.new"
    mv "$state.text" "$state"
    find "$launch" -mindepth 1 -maxdepth 1 -type d ! -path "$folder" -mtime +7 -exec rm -rf {} +
    trap - INT TERM HUP
  fi
  unlock
}
