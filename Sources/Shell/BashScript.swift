/// The bash side of running lines one by one: each runs in a bash of its own, which takes over where the last one ended.
enum BashScript {
    /// Sourced before each line: defines how state is written down, and restores what the last line left.
    ///
    /// Everything is done by builtins, without a fork, and in names that begin with `__drydock_`. The dump goes to
    /// `state.new`; the last line of it tells that it is whole.
    static let prelude = #"""
        shopt -s expand_aliases
        __drydock_rc() { return "$1"; }
        __drydock_end() {
            {
                trap - EXIT
                __drydock_status=$1
                set +o > "$__drydock_dir/options"
                shopt -p > "$__drydock_dir/shopts"
                set +euxvnf
            } 2>/dev/null
            {
                local __drydock_names __drydock_name __drydock_body
                compgen -A variable > "$__drydock_dir/names"
                mapfile -t __drydock_names < "$__drydock_dir/names"
                for __drydock_name in "${__drydock_names[@]}"; do
                    case $__drydock_name in
                        __drydock_*|DRYDOCK_*|BASH|BASHOPTS|BASHPID|BASH_*|COLUMNS|COMP_*|DIRSTACK|EPOCH*|EUID|FUNCNAME|GROUPS) continue ;;
                        HISTCMD|LINENO|LINES|PIPESTATUS|PPID|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|UID|_) continue ;;
                    esac
                    builtin declare -p "$__drydock_name"
                done > "$__drydock_dir/variables" 2>/dev/null
                compgen -A function > "$__drydock_dir/names"
                mapfile -t __drydock_names < "$__drydock_dir/names"
                for __drydock_name in "${__drydock_names[@]}"; do
                    case $__drydock_name in __drydock_*) continue ;; esac
                    [[ " $__drydock_docker " == *" $__drydock_name "* ]] && continue
                    builtin declare -f "$__drydock_name"
                done > "$__drydock_dir/functions"
                compgen -e > "$__drydock_dir/names"
                mapfile -t __drydock_names < "$__drydock_dir/names"
                for __drydock_name in "${__drydock_names[@]}"; do
                    case $__drydock_name in _) continue ;; esac
                    printf '%s=%s\0' "$__drydock_name" "${!__drydock_name}"
                done > "$__drydock_dir/environment"
                alias -p > "$__drydock_dir/aliases"
                umask -p > "$__drydock_dir/umask"
                builtin pwd -P > "$__drydock_dir/directory"
                printf '%s\n' "$__drydock_status" > "$__drydock_dir/complete"
            } 2>/dev/null
        }
        __drydock_dir=$DRYDOCK_STATE
        unset DRYDOCK_STATE
        __drydock_docker=
        for __drydock_name in $DRYDOCK_NAMES; do
            type -t -- "$__drydock_name" > /dev/null && continue
            eval "$__drydock_name() { docker $__drydock_name \"\$@\"; }"
            __drydock_docker+=" $__drydock_name"
        done
        unset DRYDOCK_NAMES __drydock_name
        __drydock_last=$DRYDOCK_LAST
        unset DRYDOCK_LAST
        if [[ -e $__drydock_dir/kept/complete ]]; then
            for __drydock_name in functions variables aliases umask shopts options; do
                . "$__drydock_dir/kept/$__drydock_name"
            done 2>/dev/null
        fi
        IFS= read -r -d '' __drydock_line < "$__drydock_dir/line"
        trap '__drydock_end $?' EXIT
        """#

    /// The argument of `bash -c`. One line, so that bash's own messages say "line 1" for the user's first line.
    static let main = #". "$DRYDOCK_STATE/prelude"; case $- in *e*) ;; *) __drydock_rc "$__drydock_last" ;; esac; eval "$__drydock_line""#
}
