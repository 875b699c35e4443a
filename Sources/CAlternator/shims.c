#include "CAlternator.h"

int calt_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

uint64_t calt_epoll_data(const struct epoll_event *event) { return event->data.u64; }
