/* Writes down what a process does to the files below one folder (LD_PRELOAD): every write, truncation, sync, new name,
   rename and removal in order, and what the process says on its standard output. `disk.py` reads it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[4096];
static int book = -1;

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

struct __attribute__((packed)) head { char kind; uint64_t file, at; uint32_t path, other, data; };

static ssize_t plain(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return real(fd, parts, count);
}
static void note(char kind, uint64_t file, uint64_t at, const char *path, const char *other, const void *data, size_t size) {
    int before = errno;
    struct head head = {kind, file, at, strlen(path), strlen(other), size};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)other, head.other}, {(void *)data, size}};
    if (plain(book, parts, 4) < 0) _exit(99);
    errno = before;
}
void record_below(const char *below, const char *into) {
    strncpy(folder, below, sizeof folder - 1);
    book = open(into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}
static int below(const char *path) { return book >= 0 && strncmp(path, folder, strlen(folder)) == 0; }

/* The inode of a descriptor below the folder, 0 for others; `path` gets its name. */
static uint64_t ours(int fd, char *path) {
    char link[64];
    struct stat about;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = book >= 0 ? readlink(link, path, 4095) : -1;
    if (size < 0) return 0;
    path[size] = 0;
    return below(path) && fstat(fd, &about) == 0 ? about.st_ino : 0;
}
static uint64_t inode(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 ? about.st_ino : 0;
}
static void wrote(int fd, const void *data, ssize_t size, off_t at) {
    char path[4096];
    uint64_t file = size > 0 ? ours(fd, path) : 0;
    if (fd == 1 && size > 0 && book >= 0) note('A', 0, 0, "", "", data, size);
    else if (file) note('W', file, at, path, "", data, size);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    ssize_t done = real(fd, data, size, at);
    wrote(fd, data, done, at);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    ssize_t done = real(fd, data, size);
    if (book >= 0 && done > 0) wrote(fd, data, done, fd == 1 ? 0 : lseek(fd, 0, SEEK_CUR) - done);
    return done;
}
static int synced(int fd) {
    char path[4096];
    uint64_t file = ours(fd, path);
    if (file) note('S', file, 0, path, "", "", 0);
    return 0;
}
int fsync(int fd) { REAL(int, "fsync", int); return real(fd) || synced(fd); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return real(fd) || synced(fd); }
int ftruncate64(int fd, off_t size) {
    char path[4096];
    REAL(int, "ftruncate64", int, off_t);
    int done = real(fd, size);
    uint64_t file = done == 0 ? ours(fd, path) : 0;
    if (file) note('T', file, size, path, "", "", 0);
    return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
static int opened(int at, const char *path, int flags, int mode) {
    REAL(int, "openat64", int, const char *, int, ...);
    int watch = below(path) && flags & (O_CREAT | O_TRUNC);
    uint64_t before = watch ? inode(path) : 0;
    int fd = real(at, path, flags, mode);
    if (watch && fd >= 0) {
        if (!before) note('C', inode(path), 0, path, "", "", 0);
        else if (flags & O_TRUNC) note('T', before, 0, path, "", "", 0);
    }
    return fd;
}
#define MODE va_list more; va_start(more, flags); int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0; va_end(more)
int open64(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags, mode); }
int open(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE; return opened(at, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE; return opened(at, path, flags, mode); }
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    int done = real(path, mode);
    if (done == 0 && below(path)) note('D', inode(path), 0, path, "", "", 0);
    return done;
}
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    int done = real(from, to);
    if (done == 0 && below(to)) note('R', inode(to), 0, from, to, "", 0);
    return done;
}
static int removed(int done, const char *path) {
    if (done == 0 && below(path)) note('U', 0, 0, path, "", "", 0);
    return done;
}
int unlink(const char *path) { REAL(int, "unlink", const char *); return removed(real(path), path); }
int rmdir(const char *path) { REAL(int, "rmdir", const char *); return removed(real(path), path); }
int unlinkat(int at, const char *name, int flags) {
    char path[8192];
    REAL(int, "unlinkat", int, const char *, int);
    if (name[0] == '/' || at == AT_FDCWD) return removed(real(at, name, flags), name);
    if (ours(at, path)) snprintf(path + strlen(path), 4000, "/%s", name);
    else path[0] = 0;
    return removed(real(at, name, flags), path);
}
/* Copies go through write, where they are seen. */
ssize_t copy_file_range(int a, off_t *b, int c, off_t *d, size_t e, unsigned f) {
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile64(int out, int in, off_t *at, size_t size) {
    (void)out, (void)in, (void)at, (void)size;
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int out, int in, off_t *at, size_t size) { return sendfile64(out, in, at, size); }
