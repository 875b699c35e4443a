#ifndef CALTERNATOR_H
#define CALTERNATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

#include "CAlternatorDigest.h"
#include "CAlternatorTLS.h"

/// `epoll_event.data` is a union, which Swift cannot name without unsafe pointers.
int calt_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
static inline uint64_t calt_epoll_data(const struct epoll_event *event) { return event->data.u64; }

/// Swift's Glibc module has no <sys/eventfd.h>.
int calt_eventfd_create(void);
void calt_eventfd_wake(int fd);
void calt_eventfd_clear(int fd);

/// `read` and `send` that are no points where POSIX lets a thread be cancelled, which none of this package is: the library's
/// mark the thread before the call and after it, four atomic steps each.
ssize_t calt_read(int fd, void *bytes, size_t count);
ssize_t calt_send(int fd, const void *bytes, size_t count, int flags);

/// GNU extensions, which Swift's Glibc module leaves out.
/// `address` has room for a `struct sockaddr_storage`.
int calt_accept(int fd, void *address, uint32_t *length);
void calt_name_thread(const char *name);
/// Makes the calling thread one that does not take the processor from another when it wakes up (SCHED_BATCH), or a usual
/// one again; false if it is neither, or the system refuses.
bool calt_set_gathering(bool on);
void calt_error_text(int code, char *text, size_t size);
/// The processors the calling thread may run on; 0 if the system does not say. A set of any size is a macro in C.
int calt_allowed_processors(void);

/// Swift has no thread-local storage: the event loop this thread runs, NULL for none.
void *calt_current_loop(void);
void calt_set_current_loop(void *loop);
/// A number of the calling thread, from 0 in the order of asking; kept until the thread ends.
uint32_t calt_thread_number(void);

#endif
