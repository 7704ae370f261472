# interrupt.sh SIGNAL SECONDS COMMAND…: sends the signal (INT to the whole group,
# others and ALONE-INT to the command alone) to a build after a while,
# and checks that it ended the way a signal ends, with nothing left behind.
. "$INPUTS/build.sh"
signal=$1
after=$2
shift 2
setsid "$@" &
group=$!
sleep "$after"
case $signal in
INT) kill -INT -- "-$group" ;; # as a terminal does
*) kill "-${signal#ALONE-}" "$group" ;; # as another process does
esac
code=0
wait "$group" || code=$?
left=$(alive "$PWD/target")
[ -z "$left" ] || { echo "still there: $left" >&2 && exit 1; }
sessions=$(ls "$XDG_CACHE_HOME/dfe/sessions")
[ -z "$sessions" ] || { echo "left behind: $sessions" >&2 && exit 1; }
case $code in
0) [ -x target/release/app ] ;; # it was done before
130 | 143) ;;
*) echo "$signal after $after: ended with $code" >&2 && exit 1 ;;
esac
