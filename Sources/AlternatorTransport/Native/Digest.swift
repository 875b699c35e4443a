import COpenSSL

/// SHA-256 and HMAC over it, by OpenSSL.
package enum Digest {
    /// The SHA-256 of some bytes: 32 of them.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        let context = DigestContext()
        context.start()
        context.update(bytes)
        return context.finish()
    }

    /// The HMAC-SHA-256 of some bytes: 32 of them.
    ///
    /// A key that is used often belongs in an `HMACKey`.
    package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] { HMACKey(key).authenticate(bytes) }
}

/// A key of HMAC-SHA-256 (RFC 2104) with both its pads digested already, so that each use costs only the message.
package final class HMACKey: Sendable {
    private let inner = DigestContext()
    private let outer = DigestContext()

    package init(_ key: [UInt8]) {
        // RFC 2104: a key longer than a block is replaced by its digest.
        let short = key.count > 64 ? Digest.sha256(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        inner.start()
        inner.update(padded.map { $0 ^ 0x36 })
        outer.start()
        outer.update(padded.map { $0 ^ 0x5C })
    }

    /// The authentication code of a message, 32 bytes; callable from any thread.
    package func authenticate(_ message: [UInt8]) -> [UInt8] {
        let context = DigestContext()
        context.copy(inner)
        context.update(message)
        let digest = context.finish()
        context.copy(outer)
        context.update(digest)
        return context.finish()
    }
}

/// One running SHA-256.
///
/// OpenSSL fails here only when it has no SHA-256 or no memory, which nothing can mend.
@safe
private final class DigestContext: @unchecked Sendable {  // What several threads share is only copied from.
    private let context: OpaquePointer

    /// Fetched once: looking it up by name costs more than a short digest.
    @safe
    private struct Algorithm: @unchecked Sendable {  // Immutable.
        let pointer: OpaquePointer
    }
    private static let algorithm: Algorithm = {
        guard let pointer = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("OpenSSL offers no SHA-256.")
        }
        return unsafe Algorithm(pointer: pointer)
    }()

    init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL is out of memory.") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    func start() { check(unsafe EVP_DigestInit_ex(context, DigestContext.algorithm.pointer, nil)) }

    func update(_ bytes: [UInt8]) {
        check(unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) })
    }

    func copy(_ other: DigestContext) { check(unsafe EVP_MD_CTX_copy_ex(context, other.context)) }

    func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            check(unsafe EVP_DigestFinal_ex(context, output.baseAddress, nil))
            count = 32
        }
    }

    private func check(_ result: Int32) { precondition(result == 1, "OpenSSL cannot digest.") }
}
