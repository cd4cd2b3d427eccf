/**
 * The shell program behind {@linkcode Keeper}: POSIX sh, for Linux and macOS.
 *
 * Its first argument is a directory, the rest a command. Descriptor 3 is the line to the process that opened
 * it: commands come in, a line each, and what happened goes out. The end of the line, however that process
 * ended, makes it kill what runs and remove the directory.
 *
 * It sends signals itself, as the parent of what runs knows that the process number is still the same one. A start
 * and the end of the line may follow each other so closely that there is nothing to kill yet; then what has just
 * been started finds the file `closed`.
 *
 * A stop is waited for: one thread takes the signal, and until then the others go on.
 *
 * @module
 */

/** `start` and `signal NAME` come in; `started PID`, `sent NAME` and `exited STATUS` go out. */
export const KEEPER_SCRIPT = `
directory=$1
shift

serve() {
  "$@" </dev/null >>"$directory/log" 2>&1 3>&- &
  echo $! >"$directory/pid"
  [ -e "$directory/closed" ] && kill -s KILL $!
  echo "started $!" >&3
  wait $!
  status=$?
  rm -f "$directory/pid"
  echo "exited $status" >&3
}

send() {
  read -r pid <"$directory/pid" && kill -s "$1" "$pid" || return
  [ "$1" = STOP ] || return
  tries=0
  until stopped "$pid" || [ $((tries += 1)) -gt 500 ]; do sleep 0.01; done
}

stopped() {
  if [ -r "/proc/$1/stat" ]; then
    read -r _ _ state _ <"/proc/$1/stat"
  else
    state=$(ps -o state= -p "$1")
  fi 2>/dev/null
  case $state in T* | t* | Z* | "") return 0 ;; *) return 1 ;; esac
}

keep() {
  while read -r verb name <&3; do
    case $verb in
      start) serve "$@" & ;;
      signal) send "$name"; echo "sent $name" >&3 ;;
    esac
  done
  : >"$directory/closed"
  send KILL
  wait
  rm -rf "$directory"
}

keep "$@" </dev/null >/dev/null 2>&1 &
`;
