# Runs what an SSH client asked for in the environment of the container. sshd starts it as the account that logged in.
# $1: the folder with authorized_keys and environment.<account>.
folder=$1
unset SHLVL # the shell that the user gets is the first one

# sshd lets the forced command of its configuration hide that of a key: so a key's `command="…"` is obeyed here.
# Without a word on the key that was used, any restricted key of the account counts as this one.
key=$(sed -n 's/^publickey [^ ]* *//p' "$SSH_USER_AUTH" 2>/dev/null | sed -n 1p)
forced=
restricted=
obey() {
  rest=$1
  restricted=1
  while :; do
    part=${rest%%\"*}
    rest=${rest#*\"}
    case $part in
      *\\) forced=$forced${part%\\}\" ;;
      *) forced=$forced$part && return ;;
    esac
    case $rest in *\"*) ;; *) return ;; esac
  done
}
read_keys() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      \#*) continue ;;
      *"$key"*) ;;
      *) continue ;;
    esac
    options=${line%%"$key"*}
    [ -n "$key" ] || options=$line
    case $options in
      *[Cc][Oo][Mm][Mm][Aa][Nn][Dd]=\"*) obey "${options#*[Cc][Oo][Mm][Mm][Aa][Nn][Dd]=\"}" && return ;;
    esac
  done
}
for file in "$HOME/.ssh/authorized_keys" "$folder/authorized_keys"; do
  [ -n "$restricted" ] || ! [ -r "$file" ] || read_keys <"$file"
done

if [ -n "$restricted" ]; then
  set -- "$SHELL" -c "$forced"
elif [ -n "${SSH_ORIGINAL_COMMAND+given}" ]; then
  set -- "$SHELL" -c "$SSH_ORIGINAL_COMMAND"
  unset SSH_ORIGINAL_COMMAND
else
  set -- "$SHELL" -l
fi
unset SSH_USER_AUTH
[ ! -r "$folder/environment.$LOGNAME" ] || . "$folder/environment.$LOGNAME"
exec "$@"
