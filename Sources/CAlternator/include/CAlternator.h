#ifndef CALTERNATOR_H
#define CALTERNATOR_H

#include <stdint.h>
#include <sys/epoll.h>

/// `epoll_event.data` is a union, which Swift cannot name without unsafe pointers.
int calt_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
uint64_t calt_epoll_data(const struct epoll_event *event);

#endif
