# Appends the lines of stdin to ~/.ssh/authorized_keys, each once, and prints how many lines the file has then.
# Run as the account itself: whatever its home holds, links included, it can reach no further than the account.
# $1: the home folder.
umask 077
set -e
mkdir -p "$1/.ssh"
chmod 700 "$1/.ssh"
file=$1/.ssh/authorized_keys
touch "$file"
chmod 600 "$file"
missing=
while IFS= read -r line; do
  grep -qxF -- "$line" "$file" || missing="$missing$line
"
done
if [ -n "$missing" ]; then
  [ -z "$(tail -c 1 "$file")" ] || missing="
$missing"
  printf %s "$missing" >>"$file"
fi
grep -c '^[[:space:]]*[^#[:space:]]' "$file" || true
