import CAlternator
import Glibc
import Synchronization

/// What one read gave.
enum ReadOutcome: Sendable {
    /// `more`: there may be others; if not, the next arrival gives a new event.
    case bytes(Int, more: Bool)
    case wouldBlock
    /// The other side will send no more: FIN, and under TLS the notice of it.
    case end
    case failed(StreamFailure)
}

/// What one write took.
enum WriteOutcome: Sendable {
    /// The kernel took so many bytes, perhaps fewer than offered; zero when it takes none now.
    ///
    /// Under TLS these are plain bytes, and those of an unfinished record do not count: nobody can read them.
    case accepted(Int)
    case failed(StreamFailure)
}

/// A connected, non-blocking socket: the bytes under HTTP, plain or through TLS.
///
/// Reads belong to the event loop. One thread at a time may write. `close` is safe to repeat, but whoever
/// closes must know that nobody is inside a call: the owner's state says so.
final class ByteStream: Sendable {
    /// −1 once closed.
    private let descriptor: Atomic<Int32>
    private let tls: TLSSession?
    /// `close` is not to look like a regular end.
    private let resets = Atomic<Bool>(false)

    private init(descriptor: Int32, tls: TLSSession? = nil) {
        self.descriptor = Atomic(descriptor)
        self.tls = tls
    }

    deinit { close() }

    /// Begins to connect; `writable` tells the end, `connectResult()` which one.
    ///
    /// `secure` makes the TLS side of a descriptor, `nil` when out of memory; then `handshake` is due once connected.
    static func connecting(
        to address: SocketAddress,
        secure: ((Int32) -> TLSSession?)? = nil
    ) throws(SystemError) -> ByteStream {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .last("socket") }
        let stream = try ByteStream.make(descriptor, secure)
        stream.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        stream.set(SOL_SOCKET, SO_KEEPALIVE, 1)
        // A dead peer is noticed within two minutes instead of the system's two hours.
        stream.set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        stream.set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        stream.set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
        let failure = unsafe address.withSystemAddress { address, length -> SystemError? in
            unsafe connect(descriptor, address, length) == 0 ? nil : .last("connect")
        }
        if let failure, failure.code != EINPROGRESS { throw failure }
        return stream
    }

    /// A socket that `accept4` returned.
    static func accepted(
        _ descriptor: Int32,
        secure: ((Int32) -> TLSSession?)? = nil
    ) throws(SystemError) -> ByteStream {
        let stream = try ByteStream.make(descriptor, secure)
        stream.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return stream
    }

    private static func make(
        _ descriptor: Int32,
        _ secure: ((Int32) -> TLSSession?)?
    ) throws(SystemError) -> ByteStream {
        guard let secure else { return ByteStream(descriptor: descriptor) }
        guard let session = secure(descriptor) else {
            _ = Glibc.close(descriptor)
            throw SystemError("TLS", code: ENOMEM)
        }
        return ByteStream(descriptor: descriptor, tls: session)
    }

    /// Whether it speaks TLS: then a read may wait for the socket to be writable, and a write for it to be readable.
    var isSecure: Bool { tls != nil }

    /// Whether the TLS handshake took up a session of an earlier connection.
    var isResumed: Bool { tls?.isResumed ?? false }

    /// The common name of the peer's certificate; `nil` without one.
    var peerCommonName: String? { tls?.peerCommonName }

    /// `TLSv1.3`; `nil` for plain streams.
    var protocolVersion: String? { tls?.version }

    /// Goes on with the TLS handshake; for a plain stream there is none.
    func handshake() -> TLSSession.Handshake { tls?.handshake() ?? .done }

    /// The result of connecting: `nil` is success.
    func connectResult() -> SystemError? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .last("getsockopt") }
        return code == 0 ? nil : SystemError("connect", code: code)
    }

    /// Reads once into the buffer, from its start.
    func read(into buffer: inout [UInt8]) -> ReadOutcome {
        if let tls { return tls.read(into: &buffer) }
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress!, $0.count) }
            if count > 0 { return .bytes(count, more: count == buffer.count) }
            if count == 0 { return .end }
            let error = SystemError.last("read")
            switch error.code {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(.system(error))
            }
        }
    }

    /// Reads once into the buffer of a loop, from its start.
    func read(into buffer: InputBuffer) -> ReadOutcome {
        // Asked before it is taken out: that would be counted as a use of it.
        if tls != nil { return readSecure(into: buffer) }
        let count = unsafe calt_read(fd, buffer.start, InputBuffer.capacity)
        if count > 0 { return .bytes(count, more: count == InputBuffer.capacity) }
        return count == 0 ? .end : failedRead(into: buffer)
    }

    private func readSecure(into buffer: InputBuffer) -> ReadOutcome { tls?.read(into: buffer) ?? .end }

    private func failedRead(into buffer: InputBuffer) -> ReadOutcome {
        let error = SystemError.last("read")
        switch error.code {
        case EINTR: return read(into: buffer)
        case EAGAIN: return .wouldBlock
        default: return .failed(.system(error))
        }
    }

    /// Writes a request that is most likely taken whole at once; on the thread of the loop whose buffer it is.
    ///
    /// - Parameters:
    ///   - first: goes first.
    ///   - second: follows.
    ///   - buffer: where the two are joined; nothing in it may still be needed.
    /// - Returns: as `write` from 0.
    func write(_ first: [UInt8], _ second: [UInt8], through buffer: InputBuffer) -> WriteOutcome {
        let (head, total) = (first.count, first.count + second.count)
        guard tls == nil, total <= ByteStream.joinedOnLoop else { return write(first, second, from: 0) }
        unsafe first.withUnsafeBufferPointer {
            if head > 0 { unsafe buffer.start.update(from: $0.baseAddress!, count: head) }
        }
        unsafe second.withUnsafeBufferPointer {
            if total > head { unsafe (buffer.start + head).update(from: $0.baseAddress!, count: total - head) }
        }
        let count = unsafe calt_send(fd, buffer.start, total, Int32(MSG_NOSIGNAL))
        // What is left, or what is wrong, is for the general way to find out.
        if count < 0 { return write(first, second, from: 0) }
        if count == total { return .accepted(count) }
        switch write(first, second, from: count) {
        case .accepted(let more): return .accepted(count + more)
        case .failed(let failure): return .failed(failure)
        }
    }

    /// Up to here copying costs less than telling the kernel of two parts.
    private static let joinedOnLoop = 16 * 1024

    /// Writes the first part from `offset`, then the second; `offset` counts through both.
    ///
    /// Repeats until everything is taken or the kernel takes no more.
    func write(_ first: [UInt8], _ second: [UInt8], from offset: Int) -> WriteOutcome {
        if let tls { return tls.write(first, second, from: offset) }
        let total = first.count + second.count
        var position = offset
        while position < total {
            let count = writeOnce(first, second, from: position)
            if count >= 0 {
                position += count
                continue
            }
            let error = SystemError.last("write")
            if error.code == EINTR { continue }
            if error.code == EAGAIN { break }
            return .failed(.system(error))
        }
        return .accepted(position - offset)
    }

    private func writeOnce(_ first: [UInt8], _ second: [UInt8], from position: Int) -> Int {
        // MSG_NOSIGNAL: a closed peer is an error, not SIGPIPE.
        let flags = Int32(MSG_NOSIGNAL)
        if position >= first.count || second.isEmpty {
            let (part, start) = position >= first.count ? (second, position - first.count) : (first, position)
            return unsafe part.withUnsafeBytes { bytes in
                unsafe send(fd, bytes.baseAddress! + start, bytes.count - start, flags)
            }
        }
        let total = first.count - position + second.count
        if total <= ByteStream.joinedBytes { return writeJoined(first, second, from: position, total) }
        return unsafe first.withUnsafeBytes { head in
            unsafe second.withUnsafeBytes { body in
                var parts = unsafe (
                    iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress! + position),
                        iov_len: head.count - position
                    ),
                    iovec(iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress!), iov_len: body.count)
                )
                return unsafe withUnsafeMutablePointer(to: &parts) { parts in
                    unsafe parts.withMemoryRebound(to: iovec.self, capacity: 2) { parts in
                        var message = unsafe msghdr()
                        unsafe message.msg_iov = parts
                        unsafe message.msg_iovlen = 2
                        return unsafe sendmsg(fd, &message, flags)
                    }
                }
            }
        }
    }

    /// Up to here one copy on the stack costs less than the kernel's work for two parts: 3 % of a small request.
    private static let joinedBytes = 2048

    private func writeJoined(_ first: [UInt8], _ second: [UInt8], from position: Int, _ total: Int) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: total, alignment: 1) { buffer in
            unsafe first.withUnsafeBytes { head in
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: head[position...]))
            }
            unsafe second.withUnsafeBytes { body in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(first.count - position)...])
                unsafe rest.copyMemory(from: body)
            }
            return unsafe Glibc.send(fd, buffer.baseAddress!, total, Int32(MSG_NOSIGNAL))
        }
    }

    /// Whether the connection is open and nothing has arrived: looks without taking bytes.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        let count = unsafe recv(fd, &byte, 1, flags)
        if count < 0, errno == EAGAIN || errno == EINTR { return tls?.hasPending != true || tls?.isQuiet == true }
        return count > 0 && tls?.isQuiet == true
    }

    /// Ends both directions but keeps the descriptor: a thread inside `write` gets an error.
    func shutdown() { _ = Glibc.shutdown(fd, Int32(SHUT_RDWR)) }

    /// Sends FIN; reading goes on.
    func finishWriting() {
        tls?.finishWriting()
        _ = Glibc.shutdown(fd, Int32(SHUT_WR))
    }

    /// Writes past TLS, as far as the socket takes it at once: for a peer that does not speak it.
    func writePlain(_ bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes { unsafe send(fd, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Makes `close` send RST and drop what is not sent yet.
    func resetOnClose() {
        resets.store(true, ordering: .relaxed)
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            fd,
            SOL_SOCKET,
            SO_LINGER,
            &linger,
            socklen_t(MemoryLayout<Glibc.linger>.size)
        )
    }

    func close() {
        let last = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        guard last >= 0 else { return }
        tls?.close(notifies: !resets.load(ordering: .relaxed))
        _ = Glibc.close(last)
    }

    /// Watches the stream in a poller until it is closed.
    func register(with poller: Poller, token: UInt64) throws(SystemError) { try poller.add(fd, token: token) }

    private var fd: Int32 { descriptor.load(ordering: .relaxed) }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // Each of these only tunes; a system that refuses one still works.
        _ = unsafe setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
