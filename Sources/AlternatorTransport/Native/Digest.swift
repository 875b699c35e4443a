import COpenSSL
import Synchronization

/// SHA-256 and HMAC over it, by OpenSSL.
package enum Digest {
    /// The SHA-256 of some bytes: 32 of them.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        DigestWorker.borrow { worker, _ in worker.sha256(bytes) }.bytes
    }

    /// The HMAC-SHA-256 of some bytes: 32 of them.
    ///
    /// A key that is used often belongs in an `HMACKey`.
    package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] { HMACKey(key).authenticate(bytes) }
}

/// A key of HMAC-SHA-256 (RFC 2104) with both its pads digested already, so that each use costs only the message.
package final class HMACKey: Sendable {
    fileprivate let inner = DigestContext()
    fileprivate let outer: DigestContext

    package init(_ key: [UInt8]) {
        outer = DigestContext()
        // RFC 2104: a key longer than a block is replaced by its digest.
        let short = key.count > 64 ? Digest.sha256(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        inner.start()
        inner.update(padded.map { $0 ^ 0x36 })
        outer.start()
        outer.update(padded.map { $0 ^ 0x5C })
    }

    /// The key for messages that all begin with `prefix`, which `authenticate` is then given without it.
    package init(_ key: HMACKey, prefix: [UInt8]) {
        outer = key.outer
        inner.copy(key.inner)
        inner.update(prefix)
    }

    /// The authentication code of a message, 32 bytes; callable from any thread.
    package func authenticate(_ message: [UInt8]) -> [UInt8] {
        DigestWorker.borrow { worker, _ in worker.authenticate(message, with: self) }.bytes
    }
}

/// What computes digests, borrowed for one after the other: nothing of its own is allocated for each.
@safe
package struct DigestWorker: Sendable {
    private let context = DigestContext()

    /// Those that nobody uses, each with room for a text.
    private static let idle = Mutex<[(worker: DigestWorker, text: [UInt8])]>([])
    /// As many threads may digest at once before one has to make a worker anew.
    private static let maximumIdle = 64

    private init() {}

    /// Lends a worker, and an empty array that keeps its room from one loan to the next.
    package static func borrow<Result>(_ body: (DigestWorker, inout [UInt8]) -> Result) -> Result {
        var (worker, text) = idle.withLock { $0.popLast() } ?? (DigestWorker(), [])
        defer {
            text.removeAll(keepingCapacity: text.capacity <= 16 << 10)
            idle.withLock { idle in
                if idle.count < maximumIdle { idle.append((worker, text)) }
            }
        }
        return body(worker, &text)
    }

    /// The SHA-256 of some bytes.
    package func sha256(_ bytes: [UInt8]) -> DigestValue {
        context.copy(.started)
        context.update(bytes)
        return context.finish()
    }

    /// The HMAC-SHA-256 of a message.
    package func authenticate(_ message: [UInt8], with key: HMACKey) -> DigestValue {
        context.copy(key.inner)
        context.update(message)
        let digest = context.finish()
        context.copy(key.outer)
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

    /// Started and never updated: copying it costs less than starting.
    static let started: DigestContext = {
        let context = DigestContext()
        context.start()
        return context
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

    func update(_ digest: DigestValue) {
        check(unsafe digest.withBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) })
    }

    func copy(_ other: DigestContext) { check(unsafe EVP_MD_CTX_copy_ex(context, other.context)) }

    func finish() -> DigestValue {
        unsafe DigestValue { output in check(unsafe EVP_DigestFinal_ex(context, output.baseAddress, nil)) }
    }

    private func check(_ result: Int32) { precondition(result == 1, "OpenSSL cannot digest.") }
}
