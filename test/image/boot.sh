# Boots an image as a container engine does: a layer to write on over the image, /proc, /dev and PID 1 of its own.
# Run by `unshare --mount --pid --fork`. $1: the image's root; $2: an empty folder, where the pod's root will be; $3: what
# to do in it before the start, such as mounts; then the program. Says `booted` right before that begins.
set -e
image=$1
mount -n -t tmpfs none "$2"
root=$2/root
mkdir "$root" "$2/upper" "$2/work"
mount -n -t overlay -o "lowerdir=$image,upperdir=$2/upper,workdir=$2/work" none "$root"
cd "$root"
mount -n -t proc none proc
mount -n -t sysfs -o ro none sys
mount -n -t tmpfs -o mode=755 none dev
mkdir dev/pts dev/shm
mount -n -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 none dev/pts
mount -n -t tmpfs -o mode=1777 none dev/shm
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"; done
mknod -m 666 dev/tty c 5 0
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${stream%:*}" "dev/${stream#*:}"; done
eval "$3"
shift 3
echo booted
exec chroot "$root" "$@"
