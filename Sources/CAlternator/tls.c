#define _GNU_SOURCE

#include "CAlternatorTLS.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The socket under an SSL object.

static struct calt_link *link_of(const SSL *ssl) { return BIO_get_data(SSL_get_rbio(ssl)); }

static int link_read(BIO *bio, char *buffer, int size) {
    struct calt_link *link = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t count;
    do {
        count = recv(link->fd, buffer, (size_t)size, 0);
    } while (count < 0 && errno == EINTR);
    link->short_read = count < size;
    if (count > 0) {
        if (link->first_byte < 0) link->first_byte = (unsigned char)buffer[0];
    } else if (count == 0) {
        link->ended = true;
    } else if (errno == EAGAIN) {
        BIO_set_retry_read(bio);
    } else {
        link->error = errno;
    }
    return (int)count;
}

static int link_write(BIO *bio, const char *buffer, int size) {
    struct calt_link *link = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t count;
    do {
        count = send(link->fd, buffer, (size_t)size, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        if (errno == EAGAIN) {
            BIO_set_retry_write(bio);
        } else {
            link->error = errno;
        }
    }
    return (int)count;
}

static long link_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    // BIO_CTRL_EOF is left unanswered: OpenSSL would send an alert to whoever only closed one direction.
    return command == BIO_CTRL_FLUSH;
}

static int link_destroy(BIO *bio) {
    struct calt_link *link = BIO_get_data(bio);
    if (link) X509_free(link->certificate);
    free(link);
    return 1;
}

static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static void make_method(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "alternator socket");
    if (!method) return;
    BIO_meth_set_read(method, link_read);
    BIO_meth_set_write(method, link_write);
    BIO_meth_set_ctrl(method, link_control);
    BIO_meth_set_destroy(method, link_destroy);
}

struct calt_link *calt_tls_attach(SSL *ssl, int fd) {
    (void)pthread_once(&method_once, make_method);
    BIO *bio = method ? BIO_new(method) : NULL;
    struct calt_link *link = calloc(1, sizeof *link);
    if (!bio || !link) {
        BIO_free(bio);
        free(link);
        return NULL;
    }
    link->fd = fd;
    link->first_byte = -1;
    BIO_set_data(bio, link);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return link;
}

// Calls together with their error.

int calt_tls_handshake(SSL *ssl) {
    ERR_clear_error();
    int result = SSL_do_handshake(ssl);
    return result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
}

int calt_tls_read(SSL *ssl, void *buffer, size_t size, size_t *count) {
    ERR_clear_error();
    int result = SSL_read_ex(ssl, buffer, size, count);
    if (result != 1) return SSL_get_error(ssl, result);
    // Taking in a ticket makes room for a record to write: 16 KB that would stay until the next request. Tickets come before
    // the first answer. Only here, behind the end of a record, does this not take away the beginning of the next one
    // (CVE-2024-4741).
    struct calt_link *link = link_of(ssl);
    if (!link->is_trimmed && !SSL_has_pending(ssl)) link->is_trimmed = SSL_free_buffers(ssl) == 1;
    return SSL_ERROR_NONE;
}

int calt_tls_peek(SSL *ssl) {
    char byte;
    size_t count;
    ERR_clear_error();
    int result = SSL_peek_ex(ssl, &byte, 1, &count);
    return result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
}

int calt_tls_write(SSL *ssl, const void *buffer, size_t size, size_t *count) {
    ERR_clear_error();
    int result = SSL_write_ex(ssl, buffer, size, count);
    return result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
}

int calt_tls_shutdown(SSL *ssl) {
    ERR_clear_error();
    int result = SSL_shutdown(ssl);
    return result >= 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
}

int calt_tls_reason(char *text, size_t size) {
    unsigned long error = ERR_peek_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;
    (void)snprintf(text, size, "%s", reason ? reason : "no reason given");
    return ERR_GET_REASON(error);
}

// Settings.

void calt_tls_configure(SSL_CTX *context, bool client) {
    // One read per record; no buffers while idle; a large body record by record.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(
        context,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    if (!client) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
}

int calt_tls_versions(SSL_CTX *context, int minimum, int maximum) {
    return SSL_CTX_set_min_proto_version(context, minimum) && SSL_CTX_set_max_proto_version(context, maximum);
}

int calt_tls_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }

int calt_tls_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

void calt_tls_session_cache(SSL_CTX *context, bool client, bool on) {
    if (client) {
        // Sessions are kept by the caller, told by the callback.
        int mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL;
        SSL_CTX_set_session_cache_mode(context, on ? mode : SSL_SESS_CACHE_OFF);
    } else {
        // Tickets need no cache.
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        if (!on) SSL_CTX_set_num_tickets(context, 0);
    }
    if (!on) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
}

// Callbacks.

static int note_failure(int good, X509_STORE_CTX *store) {
    if (good) return 1;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct calt_link *link = link_of(ssl);
    if (link->verify_error == X509_V_OK) {
        link->verify_error = X509_STORE_CTX_get_error(store);
        link->verify_depth = X509_STORE_CTX_get_error_depth(store);
        X509 *certificate = X509_STORE_CTX_get_current_cert(store);
        if (certificate && X509_up_ref(certificate)) link->certificate = certificate;
    }
    return 0;
}

void calt_tls_note_failures(SSL_CTX *context, int mode) { SSL_CTX_set_verify(context, mode, note_failure); }

static int note_request(SSL *ssl, X509 **certificate, EVP_PKEY **key) {
    (void)certificate, (void)key;
    link_of(ssl)->certificate_requested = true;
    return 0;
}

void calt_tls_note_requests(SSL_CTX *context) { SSL_CTX_set_client_cert_cb(context, note_request); }

static void log_key(const SSL *ssl, const char *line) {
    int fd = (int)(intptr_t)SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) - 1;
    char text[512];
    int length = snprintf(text, sizeof text, "%s\n", line);
    // One write, so that lines of several connections do not mix; a full disk must not end a connection.
    if (length > 0 && (size_t)length < sizeof text && write(fd, text, (size_t)length) < 0) return;
}

void calt_tls_log_keys(SSL_CTX *context, int fd) {
    SSL_CTX_set_app_data(context, (void *)(intptr_t)(fd + 1));
    SSL_CTX_set_keylog_callback(context, log_key);
}

// Certificates as text.

static void take_text(BIO *bio, char *text, size_t size) {
    int count = bio ? BIO_read(bio, text, (int)size - 1) : 0;
    text[count > 0 ? count : 0] = 0;
    BIO_free(bio);
}

void calt_certificate_subject(X509 *certificate, char *text, size_t size) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio) {
        (void)X509_NAME_print_ex(
            bio, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB
        );
    }
    take_text(bio, text, size);
}

void calt_certificate_names(X509 *certificate, char *text, size_t size) {
    BIO *bio = BIO_new(BIO_s_mem());
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (bio && names) {
        for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
            if (index) (void)BIO_puts(bio, ", ");
            (void)GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, index));
        }
    }
    GENERAL_NAMES_free(names);
    take_text(bio, text, size);
}

void calt_certificate_validity(X509 *certificate, char *text, size_t size) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio) {
        (void)ASN1_TIME_print(bio, X509_get0_notBefore(certificate));
        (void)BIO_puts(bio, " to ");
        (void)ASN1_TIME_print(bio, X509_get0_notAfter(certificate));
    }
    take_text(bio, text, size);
}

bool calt_certificate_extend(X509 *certificate, X509 *issuer, int extension, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, &context, extension, value);
    bool good = made && X509_add_ext(certificate, made, -1) == 1;
    X509_EXTENSION_free(made);
    return good;
}
