/* Stands between a process and its disk (LD_PRELOAD): at the n-th call that changes a file below one folder, kill the
   process, tear the write in two and kill it, or behave as a full disk until told otherwise. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NOTHING, KILL, TEAR, FULL };
static char folder[4096];
static int action = NOTHING;
static long left = 0, calls = 0;

void fault_set(const char *below, int what, long after) {
    strncpy(folder, below, sizeof folder - 1);
    action = what, left = after, calls = 0;
}
long fault_calls(void) { return calls; }

static int below(const char *path) { return folder[0] && strncmp(path, folder, strlen(folder)) == 0; }
static int ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path);
}
/* Says whether this call is to fail for want of space; kills here when it is time. */
static int strikes(int writes) {
    calls++;
    if (action == NOTHING || --left > 0) return 0;
    if (action == KILL || (action == TEAR && !writes)) kill(getpid(), SIGKILL);
    return 1;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static ssize_t half(ssize_t (*real)(int, const void *, size_t, off_t), int fd, const void *data, size_t size, off_t at) {
    if (action == TEAR) {
        real(fd, data, size / 2, at);
        kill(getpid(), SIGKILL);
    }
    /* A full disk takes a part first, then nothing. */
    if (left == 0 && size > 1) return real(fd, data, size / 2, at);
    errno = ENOSPC;
    return -1;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    return ours(fd) && strikes(1) ? half(real, fd, data, size, at) : real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
static ssize_t plain(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "write", int, const void *, size_t);
    (void)at;
    return real(fd, data, size);
}
ssize_t write(int fd, const void *data, size_t size) {
    return ours(fd) && strikes(1) ? half(plain, fd, data, size, 0) : plain(fd, data, size, 0);
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    if (ours(fd)) strikes(0);
    return real(fd);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    if (ours(fd)) strikes(0);
    return real(fd);
}
int ftruncate64(int fd, off_t size) {
    REAL(int, "ftruncate64", int, off_t);
    if (ours(fd)) strikes(0);
    return real(fd, size);
}
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (below(to)) strikes(0);
    return real(from, to);
}
int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    if (below(path)) strikes(0);
    return real(path);
}
ssize_t copy_file_range(int in, off_t *a, int out, off_t *b, size_t size, unsigned flags) {
    (void)in, (void)a, (void)out, (void)b, (void)size, (void)flags;
    errno = ENOSYS; /* copies go through write, where they are counted */
    return -1;
}
ssize_t sendfile64(int out, int in, off_t *at, size_t size) {
    (void)in, (void)at, (void)size;
    if (ours(out) && strikes(1)) { errno = ENOSPC; return -1; }
    REAL(ssize_t, "sendfile64", int, int, off_t *, size_t);
    return real(out, in, at, size);
}
ssize_t sendfile(int out, int in, off_t *at, size_t size) { return sendfile64(out, in, at, size); }
