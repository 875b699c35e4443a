#ifndef CALTERNATOR_TLS_H
#define CALTERNATOR_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bio_st;
struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

/// What OpenSSL's callbacks note about one connection; Swift cannot make a BIO_METHOD, whose functions get no context.
struct calt_link {
    int fd;
    /// `errno` of the last call that failed for good; 0 for none.
    int error;
    /// The result of the first check that a certificate failed; 0 for none.
    int verify_error;
    int verify_depth;
    /// The certificate that failed it, owned.
    struct x509_st *certificate;
    /// The first byte that came, −1 before.
    int first_byte;
    /// The last read gave less than it had room for: the socket is empty.
    bool short_read;
    /// FIN has come.
    bool ended;
    /// The server has asked for a certificate and this side has none.
    bool certificate_requested;
    /// The buffers that the handshake left have been freed.
    bool is_trimmed;
};

/// Lets `ssl` read from and write to a socket, with MSG_NOSIGNAL, which OpenSSL's own BIO does not do.
/// Gives NULL when out of memory. Freed with `ssl`.
struct calt_link *calt_tls_attach(struct ssl_st *ssl, int fd);

/// One call each, with what SSL_get_error says about it: it looks at the thread's error queue, which must be empty before.
int calt_tls_handshake(struct ssl_st *ssl);
int calt_tls_read(struct ssl_st *ssl, void *buffer, size_t size, size_t *count);
int calt_tls_peek(struct ssl_st *ssl);
int calt_tls_write(struct ssl_st *ssl, const void *buffer, size_t size, size_t *count);
int calt_tls_shutdown(struct ssl_st *ssl);
/// The reason of the oldest error of this thread, which the macros of OpenSSL unpack, and its text.
int calt_tls_reason(char *text, size_t size);

/// Macros, which Swift does not import.
void calt_tls_configure(struct ssl_ctx_st *context, bool client);
int calt_tls_versions(struct ssl_ctx_st *context, int minimum, int maximum);
int calt_tls_server_name(struct ssl_st *ssl, const char *name);
int calt_tls_add_chain(struct ssl_ctx_st *context, struct x509_st *certificate);
void calt_tls_session_cache(struct ssl_ctx_st *context, bool client, bool on);

/// Callbacks that write into the link.
void calt_tls_note_failures(struct ssl_ctx_st *context, int mode);
void calt_tls_note_requests(struct ssl_ctx_st *context);
/// Appends the secrets of each connection to a file.
void calt_tls_log_keys(struct ssl_ctx_st *context, int fd);

/// Walks STACK_OF types: macros too. Fields of a certificate as text, cut to `size`.
void calt_certificate_subject(struct x509_st *certificate, char *text, size_t size);
void calt_certificate_names(struct x509_st *certificate, char *text, size_t size);
void calt_certificate_validity(struct x509_st *certificate, char *text, size_t size);

/// X509V3_set_ctx_nodb and the types of X509V3_CTX: an extension from its textual form; false if OpenSSL refuses it.
bool calt_certificate_extend(
    struct x509_st *certificate, struct x509_st *issuer, int extension, const char *value
);

#endif
