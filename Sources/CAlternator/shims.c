#define _GNU_SOURCE

#include "CAlternator.h"

#include <stdatomic.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int calt_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int calt_eventfd_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void calt_eventfd_wake(int fd) {
    // Fails only when the counter is full, and then the sleeper is awake anyway.
    (void)eventfd_write(fd, 1);
}

void calt_eventfd_clear(int fd) {
    eventfd_t count;
    (void)eventfd_read(fd, &count);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
// Which know the library's functions.
#define HAS_SANITIZER
#endif
#endif

ssize_t calt_read(int fd, void *bytes, size_t count) {
#ifdef HAS_SANITIZER
    return read(fd, bytes, count);
#else
    return syscall(SYS_read, fd, bytes, count);
#endif
}

ssize_t calt_send(int fd, const void *bytes, size_t count, int flags) {
#ifdef HAS_SANITIZER
    return send(fd, bytes, count, flags);
#else
    return syscall(SYS_sendto, fd, bytes, count, flags, NULL, 0);
#endif
}

int calt_accept(int fd, void *address, uint32_t *length) {
    return accept4(fd, address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

void calt_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

bool calt_set_gathering(bool on) {
    int policy;
    struct sched_param parameters;
    if (pthread_getschedparam(pthread_self(), &policy, &parameters) != 0) return false;
    if (policy != SCHED_OTHER && policy != SCHED_BATCH) return false;
    parameters.sched_priority = 0;
    return pthread_setschedparam(pthread_self(), on ? SCHED_BATCH : SCHED_OTHER, &parameters) == 0;
}

void calt_error_text(int code, char *text, size_t size) {
    // The GNU form returns the text, which need not be in the buffer.
    char buffer[256];
    (void)snprintf(text, size, "%s", strerror_r(code, buffer, sizeof buffer));
}

int calt_allowed_processors(void) {
    // The kernel refuses a set that is smaller than its own, with EINVAL.
    for (int bits = 1024; bits <= 1 << 20; bits *= 2) {
        cpu_set_t *set = CPU_ALLOC(bits);
        if (set == NULL) return 0;
        size_t size = CPU_ALLOC_SIZE(bits);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : -1;
        int reason = errno;
        CPU_FREE(set);
        if (count >= 0) return count;
        if (reason != EINVAL) return 0;
    }
    return 0;
}

// Asked several times per request: this model needs no call to find it, and eight bytes of the space it takes from.
static __thread void *current_loop __attribute__((tls_model("initial-exec")));

void *calt_current_loop(void) { return current_loop; }
void calt_set_current_loop(void *loop) { current_loop = loop; }

uint32_t calt_thread_number(void) {
    static _Atomic uint32_t next;
    static _Thread_local uint32_t number;
    if (number == 0) number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed) + 1;
    return number - 1;
}
