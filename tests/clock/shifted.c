/* A wall clock that a test can set: what the system says, and as many seconds as stand in the file that
 * SHIFT_FILE names. Loaded before the C library (LD_PRELOAD). The monotonic clock is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next)
        next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = next(id, now);
    const char *name = getenv("SHIFT_FILE");
    if (failed || id != CLOCK_REALTIME || !name)
        return failed;
    FILE *file = fopen(name, "r");
    if (file) {
        long shift = 0;
        if (fscanf(file, "%ld", &shift) == 1)
            now->tv_sec += shift;
        fclose(file);
    }
    return 0;
}
