/* Notes what a process does to the files of one folder, so that a test can rebuild the folder as a
 * power loss may leave it: cc -shared -fPIC -O1 -o recorder.so recorder.c
 *
 * POWER_ROOT is the folder (absolute, without links), POWER_LOG the file of the events. An event is
 *   u8 kind, u64 inode, u64 offset, u32 bytes of a, u32 bytes of b, a, b
 * in the machine's byte order. Syncs are noted and not carried out: nothing here survives them anyway.
 * One lock is held around each call and its note, so that their order is the order of the events. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { CREATE = 1, WRITE, CUT, SYNC, SYNC_DIR, RENAME, UNLINK, MKDIR, RMDIR, LINK };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char root[PATH_MAX];
static size_t root_len;

static void note(enum kind kind, uint64_t inode, uint64_t offset, const void *a, size_t a_len,
                 const void *b, size_t b_len);

__attribute__((constructor)) static void begin(void) {
    struct stat stat_of_root;
    const char *folder = getenv("POWER_ROOT"), *name = getenv("POWER_LOG");
    if (folder == NULL || name == NULL) return;
    snprintf(root, sizeof root, "%s", folder);
    root_len = strlen(root);
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (stat(root, &stat_of_root) == 0) note(MKDIR, stat_of_root.st_ino, 0, NULL, 0, NULL, 0);
}

/* The path inside the folder, or NULL where it is elsewhere. */
static const char *inside(const char *path) {
    if (log_fd < 0 || strncmp(path, root, root_len) != 0) return NULL;
    if (path[root_len] == '\0') return "";
    return path[root_len] == '/' ? path + root_len + 1 : NULL;
}

/* An absolute path of a path beside a folder's descriptor. */
static const char *absolute(int dir, const char *path, char *out) {
    if (path[0] == '/') return path;
    char base[PATH_MAX], link[64];
    ssize_t len;
    if (dir == AT_FDCWD) {
        if (getcwd(base, sizeof base) == NULL) return path;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        len = readlink(link, base, sizeof base - 1);
        if (len < 0) return path;
        base[len] = '\0';
    }
    snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
    return out;
}

static void put(const void *bytes, size_t len) {
    const char *at = bytes;
    while (len > 0) {
        ssize_t done = syscall(SYS_write, log_fd, at, len);
        if (done <= 0) abort();
        at += done;
        len -= (size_t)done;
    }
}

static void note(enum kind kind, uint64_t inode, uint64_t offset, const void *a, size_t a_len,
                 const void *b, size_t b_len) {
    int error = errno;
    size_t len = 25 + a_len + b_len;
    char *event = malloc(len);
    if (event == NULL) abort();
    uint32_t lens[2] = {(uint32_t)a_len, (uint32_t)b_len};
    event[0] = (char)kind;
    memcpy(event + 1, &inode, 8);
    memcpy(event + 9, &offset, 8);
    memcpy(event + 17, lens, 8);
    if (a_len) memcpy(event + 25, a, a_len);
    if (b_len) memcpy(event + 25 + a_len, b, b_len);
    put(event, len);
    free(event);
    errno = error;
}

static void note_path(enum kind kind, uint64_t inode, const char *path) {
    note(kind, inode, 0, path, strlen(path), NULL, 0);
}

/* Whether a descriptor is a named file of the folder; its inode, size and kind. */
static int ours(int fd, struct stat *stat) {
    if (log_fd < 0 || fd == log_fd || fstat(fd, stat) != 0) return 0;
    if (!S_ISREG(stat->st_mode) && !S_ISDIR(stat->st_mode)) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len < 0) return 0;
    path[len] = '\0';
    return inside(path) != NULL;
}

static int opened(int dir, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    const char *name = inside(absolute(dir, path, buffer));
    int temporary = (flags & O_TMPFILE) == O_TMPFILE;
    if (name == NULL || temporary || !(flags & (O_CREAT | O_TRUNC)))
        return (int)syscall(SYS_openat, dir, path, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat before, now;
    int there = fstatat(dir, path, &before, 0) == 0;
    int fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && fstat(fd, &now) == 0) {
        if (!there) note_path(CREATE, now.st_ino, name);
        else if ((flags & O_TRUNC) && before.st_size > 0) note(CUT, now.st_ino, 0, NULL, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags, mode) \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
    }

int open(const char *path, int flags, ...) { mode_t mode = 0; MODE(flags, mode) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { mode_t mode = 0; MODE(flags, mode) return opened(AT_FDCWD, path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { mode_t mode = 0; MODE(flags, mode) return opened(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { mode_t mode = 0; MODE(flags, mode) return opened(dir, path, flags, mode); }

static ssize_t written(int fd, const struct iovec *parts, int count, off64_t offset) {
    struct stat stat;
    if (!ours(fd, &stat)) {
        if (offset >= 0) return syscall(SYS_pwritev, fd, parts, count, offset, 0);
        return count == 1 ? syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len)
                          : syscall(SYS_writev, fd, parts, count);
    }
    pthread_mutex_lock(&lock);
    fstat(fd, &stat);
    off64_t at = offset;
    if (at < 0) at = fcntl(fd, F_GETFL) & O_APPEND ? stat.st_size : lseek(fd, 0, SEEK_CUR);
    ssize_t done = offset >= 0 ? syscall(SYS_pwritev, fd, parts, count, offset, 0)
                               : syscall(SYS_writev, fd, parts, count);
    ssize_t left = done;
    for (int i = 0; i < count && left > 0; i++) {
        size_t len = parts[i].iov_len < (size_t)left ? parts[i].iov_len : (size_t)left;
        note(WRITE, stat.st_ino, (uint64_t)at, parts[i].iov_base, len, NULL, 0);
        at += (off64_t)len;
        left -= (ssize_t)len;
    }
    pthread_mutex_unlock(&lock);
    return done;
}

static struct iovec one(const void *bytes, size_t len) {
    struct iovec part = {(void *)bytes, len};
    return part;
}

ssize_t write(int fd, const void *bytes, size_t len) { struct iovec part = one(bytes, len); return written(fd, &part, 1, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at) { struct iovec part = one(bytes, len); return written(fd, &part, 1, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at) { struct iovec part = one(bytes, len); return written(fd, &part, 1, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return written(fd, parts, count, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return written(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return written(fd, parts, count, at); }

/* Whoever copies in the kernel reads and writes instead. */
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t len, unsigned flags) {
    struct stat stat;
    if (ours(to, &stat)) { errno = ENOSYS; return -1; }
    return syscall(SYS_copy_file_range, from, a, to, b, len, flags);
}
static ssize_t sent(int to, int from, off64_t *at, size_t len) {
    struct stat stat;
    if (ours(to, &stat)) { errno = EINVAL; return -1; }
    return syscall(SYS_sendfile, to, from, at, len);
}
ssize_t sendfile(int to, int from, off_t *at, size_t len) { return sent(to, from, (off64_t *)at, len); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t len) { return sent(to, from, at, len); }

static int synced(int fd, int call) {
    struct stat stat;
    if (!ours(fd, &stat)) return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    note(S_ISDIR(stat.st_mode) ? SYNC_DIR : SYNC, stat.st_ino, 0, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int cut(int fd, off64_t len) {
    struct stat stat;
    if (!ours(fd, &stat)) return (int)syscall(SYS_ftruncate, fd, len);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_ftruncate, fd, len);
    if (done == 0) note(CUT, stat.st_ino, (uint64_t)len, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int ftruncate(int fd, off_t len) { return cut(fd, len); }
int ftruncate64(int fd, off64_t len) { return cut(fd, len); }

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    char a[PATH_MAX], b[PATH_MAX];
    const char *old = inside(absolute(from_dir, from, a)), *new = inside(absolute(to_dir, to, b));
    if (old == NULL || new == NULL) return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
    if (done == 0) note(RENAME, 0, 0, old, strlen(old), new, strlen(new));
    pthread_mutex_unlock(&lock);
    return done;
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_dir, const char *from, int to_dir, const char *to) { return renameat2(from_dir, from, to_dir, to, 0); }

int unlinkat(int dir, const char *path, int flags) {
    char buffer[PATH_MAX];
    const char *name = inside(absolute(dir, path, buffer));
    if (name == NULL) return (int)syscall(SYS_unlinkat, dir, path, flags);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_unlinkat, dir, path, flags);
    if (done == 0) note_path(flags & AT_REMOVEDIR ? RMDIR : UNLINK, 0, name);
    pthread_mutex_unlock(&lock);
    return done;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int dir, const char *path, mode_t mode) {
    char buffer[PATH_MAX];
    const char *name = inside(absolute(dir, path, buffer));
    if (name == NULL) return (int)syscall(SYS_mkdirat, dir, path, mode);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_mkdirat, dir, path, mode);
    struct stat stat;
    if (done == 0 && fstatat(dir, path, &stat, 0) == 0) note_path(MKDIR, stat.st_ino, name);
    pthread_mutex_unlock(&lock);
    return done;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    char b[PATH_MAX];
    const char *new = inside(absolute(to_dir, to, b));
    if (new == NULL) return (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
    struct stat stat;
    if (done == 0 && fstatat(to_dir, to, &stat, 0) == 0) note_path(LINK, stat.st_ino, new);
    pthread_mutex_unlock(&lock);
    return done;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
