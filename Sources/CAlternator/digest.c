// What is deprecated is called on purpose; see the header.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "CAlternatorDigest.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifndef OPENSSL_NO_DEPRECATED_3_0
#define HAS_DIRECT 1
#endif

struct calt_digest {
    /// NULL for a direct one.
    EVP_MD_CTX *context;
#ifdef HAS_DIRECT
    SHA256_CTX direct;
#endif
};

bool calt_digest_needs_providers(void) {
#ifdef HAS_DIRECT
    return EVP_default_properties_is_fips_enabled(NULL) == 1;
#else
    return true;
#endif
}

/// Fetched once: looking it up by name costs more than a short digest.
static EVP_MD *algorithm(void) {
    static _Atomic(EVP_MD *) fetched;
    EVP_MD *found = atomic_load(&fetched);
    if (found == NULL) {
        found = EVP_MD_fetch(NULL, "SHA256", NULL);
        EVP_MD *before = NULL;
        if (!atomic_compare_exchange_strong(&fetched, &before, found)) {
            // Another thread was faster.
            EVP_MD_free(found);
            found = before;
        }
    }
    return found;
}

struct calt_digest *calt_digest_new(bool through_providers) {
    struct calt_digest *digest = calloc(1, sizeof *digest);
    if (digest == NULL) return NULL;
#ifndef HAS_DIRECT
    through_providers = true;
#endif
    bool good = true;
    if (through_providers) {
        EVP_MD *type = algorithm();
        digest->context = EVP_MD_CTX_new();
        good = type != NULL && digest->context != NULL && EVP_DigestInit_ex(digest->context, type, NULL) == 1;
    } else {
        good = calt_digest_start(digest);
    }
    if (good) return digest;
    calt_digest_free(digest);
    return NULL;
}

void calt_digest_free(struct calt_digest *digest) {
    if (digest == NULL) return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

bool calt_digest_start(struct calt_digest *digest) {
#ifdef HAS_DIRECT
    if (digest->context == NULL) return SHA256_Init(&digest->direct) == 1;
#endif
    return EVP_DigestInit_ex(digest->context, NULL, NULL) == 1;
}

bool calt_digest_update(struct calt_digest *digest, const void *bytes, size_t count) {
    if (count == 0) return true;
#ifdef HAS_DIRECT
    if (digest->context == NULL) return SHA256_Update(&digest->direct, bytes, count) == 1;
#endif
    return EVP_DigestUpdate(digest->context, bytes, count) == 1;
}

bool calt_digest_copy(struct calt_digest *digest, const struct calt_digest *other) {
#ifdef HAS_DIRECT
    if (digest->context == NULL || other->context == NULL) {
        digest->direct = other->direct;
        return digest->context == other->context;
    }
#endif
    return EVP_MD_CTX_copy_ex(digest->context, other->context) == 1;
}

bool calt_digest_finish(struct calt_digest *digest, uint8_t *output) {
#ifdef HAS_DIRECT
    if (digest->context == NULL) return SHA256_Final(output, &digest->direct) == 1;
#endif
    return EVP_DigestFinal_ex(digest->context, output, NULL) == 1;
}
