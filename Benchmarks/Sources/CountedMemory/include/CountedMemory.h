#pragma once
#include <stdint.h>

/// Counts every allocation of the process between `counted_begin` and `counted_end`.
///
/// Linking this target replaces `malloc` and its relatives by ones that count and then call those of glibc.
void counted_begin(void);
/// The number of allocations since `counted_begin`; counting is off afterwards.
int64_t counted_end(void);
/// The bytes asked for by them.
int64_t counted_bytes(void);

/// CPU time of the calling thread in nanoseconds.
int64_t counted_thread_time(void);

/// Resident bytes of the process, after what the allocator holds unused was given back.
int64_t counted_resident(void);

/// Bytes that are allocated and not freed.
int64_t counted_held(void);
