import CAlternator
import Synchronization

/// SHA-256 and HMAC over it, by OpenSSL.
package enum Digest {
    /// The SHA-256 of some bytes: 32 of them.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        DigestWorker.lend().sha256(bytes).bytes
    }

    /// The HMAC-SHA-256 of some bytes: 32 of them.
    ///
    /// A key that is used often belongs in an `HMACKey`.
    package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] { HMACKey(key).authenticate(bytes) }
}

/// A key of HMAC-SHA-256 (RFC 2104) with both its pads digested already, so that each use costs only the message.
package final class HMACKey: Sendable {
    fileprivate let inner: DigestContext
    fileprivate let outer: DigestContext
    private let throughProviders: Bool

    package convenience init(_ key: [UInt8]) { self.init(key, throughProviders: DigestContext.needsProviders) }

    /// A key whose digests go through OpenSSL's providers, or past them.
    init(_ key: [UInt8], throughProviders: Bool) {
        self.throughProviders = throughProviders
        inner = DigestContext(throughProviders: throughProviders)
        outer = DigestContext(throughProviders: throughProviders)
        // RFC 2104: a key longer than a block is replaced by its digest.
        let short = key.count > 64 ? Digest.sha256(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        inner.update(padded.map { $0 ^ 0x36 })
        outer.update(padded.map { $0 ^ 0x5C })
    }

    /// The key for messages that all begin with `prefix`, which `authenticate` is then given without it.
    package init(_ key: HMACKey, prefix: [UInt8]) {
        throughProviders = key.throughProviders
        outer = key.outer
        inner = DigestContext(throughProviders: throughProviders)
        inner.copy(key.inner)
        inner.update(prefix)
    }

    /// The authentication code of a message, 32 bytes; callable from any thread.
    package func authenticate(_ message: [UInt8]) -> [UInt8] {
        guard throughProviders == DigestContext.needsProviders else {
            return DigestWorker(throughProviders: throughProviders).authenticate(message, with: self).bytes
        }
        return DigestWorker.lend().authenticate(message, with: self).bytes
    }
}

/// What many messages begin with, digested already.
package final class DigestStart: Sendable {
    fileprivate let context = DigestContext(throughProviders: DigestContext.needsProviders)

    package init(_ beginning: [UInt8]) { context.update(beginning) }
}

/// What computes digests, borrowed for one after the other: nothing of its own is allocated for each.
///
/// Gives itself back when it is gone.
@safe
package struct DigestWorker: ~Copyable {
    private let context: DigestContext

    /// A thread asks for the same one each time, so that different threads rarely meet.
    private static let contexts = (0..<64).map { _ in
        DigestContext(throughProviders: DigestContext.needsProviders)
    }

    /// A worker of its own, whose digests go through OpenSSL's providers, or past them.
    init(throughProviders: Bool) { self.init(DigestContext(throughProviders: throughProviders)) }

    private init(_ context: consuming DigestContext) { self.context = context }

    /// Lends a worker; no thread waits for another.
    package static func lend() -> DigestWorker {
        let context = contexts[Int(calt_thread_number()) & 63]
        guard !context.isTaken.exchange(true, ordering: .acquiring) else {
            return DigestWorker(throughProviders: DigestContext.needsProviders)
        }
        return DigestWorker(context)
    }

    deinit { context.isTaken.store(false, ordering: .releasing) }

    /// The SHA-256 of some bytes, from `start` on.
    package func sha256(_ bytes: [UInt8], from start: Int = 0) -> DigestValue {
        context.start()
        context.update(bytes, from: start)
        return context.finish()
    }

    /// The SHA-256 of a beginning and what is put together, from `start` on.
    package func sha256(_ beginning: DigestStart, _ rest: borrowing ByteBuilder, from start: Int) -> DigestValue {
        context.copy(beginning.context)
        context.update(rest, from: start)
        return context.finish()
    }

    /// The HMAC-SHA-256 of what is put together, from `start` on.
    package func authenticate(_ message: borrowing ByteBuilder, from start: Int, with key: HMACKey) -> DigestValue {
        context.copy(key.inner)
        context.update(message, from: start)
        let digest = context.finish()
        context.copy(key.outer)
        context.update(digest)
        return context.finish()
    }

    /// The HMAC-SHA-256 of a message, which begins at `start`.
    package func authenticate(_ message: [UInt8], from start: Int = 0, with key: HMACKey) -> DigestValue {
        context.copy(key.inner)
        context.update(message, from: start)
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
    private let digest: OpaquePointer
    /// Whether a worker has it.
    let isTaken = Atomic<Bool>(false)

    /// Whether digests go through OpenSSL's providers unless it is said.
    static let needsProviders = calt_digest_needs_providers()

    /// One that has begun.
    init(throughProviders: Bool) {
        guard let digest = unsafe calt_digest_new(throughProviders) else {
            preconditionFailure("OpenSSL offers no SHA-256, or is out of memory.")
        }
        unsafe self.digest = digest
    }

    deinit { unsafe calt_digest_free(digest) }

    /// Begins anew.
    func start() { check(unsafe calt_digest_start(digest)) }

    /// Takes in bytes from `start` on, which is at most their count.
    func update(_ bytes: [UInt8], from start: Int = 0) {
        precondition(start >= 0 && start <= bytes.count, "The digest begins outside of its bytes.")
        check(
            unsafe bytes.withUnsafeBytes { raw in
                unsafe calt_digest_update(digest, raw.baseAddress.map { unsafe $0 + start }, raw.count - start)
            }
        )
    }

    func update(_ bytes: borrowing ByteBuilder, from start: Int) {
        check(unsafe bytes.withBytes(from: start) { unsafe calt_digest_update(digest, $0.baseAddress, $0.count) })
    }

    func update(_ value: DigestValue) {
        check(unsafe value.withBytes { unsafe calt_digest_update(digest, $0.baseAddress, $0.count) })
    }

    /// Goes on where another of the same kind is.
    func copy(_ other: DigestContext) { check(unsafe calt_digest_copy(digest, other.digest)) }

    /// The digest; `start` or `copy` comes next.
    func finish() -> DigestValue {
        unsafe DigestValue { output in
            check(unsafe calt_digest_finish(digest, output.baseAddress?.assumingMemoryBound(to: UInt8.self)))
        }
    }

    private func check(_ isGood: Bool) { precondition(isGood, "OpenSSL cannot digest.") }
}
