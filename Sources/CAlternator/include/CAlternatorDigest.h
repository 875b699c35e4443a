#ifndef CALTERNATOR_DIGEST_H
#define CALTERNATOR_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A running SHA-256, of one of two kinds.
///
/// Through OpenSSL's providers each beginning and each copy allocates, and cleans what it frees; a signature takes four
/// of them. So where no policy asks for providers, its SHA-256 is called directly: 20 % less for a signature.
struct calt_digest;

/// Whether the system asks for approved providers (FIPS), past which nothing is to be computed.
bool calt_digest_needs_providers(void);

/// A digest that has begun; NULL when out of memory, or when the providers have no SHA-256.
struct calt_digest *calt_digest_new(bool through_providers);
void calt_digest_free(struct calt_digest *digest);

/// Each of these is false only when OpenSSL fails. A copy is between two of one kind.
bool calt_digest_start(struct calt_digest *digest);
bool calt_digest_update(struct calt_digest *digest, const void *bytes, size_t count);
bool calt_digest_copy(struct calt_digest *digest, const struct calt_digest *other);
/// Writes 32 bytes.
bool calt_digest_finish(struct calt_digest *digest, uint8_t *output);

#endif
