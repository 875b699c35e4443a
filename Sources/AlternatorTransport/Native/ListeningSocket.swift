import CAlternator
import Glibc
import Synchronization

/// A bound socket that takes connections.
final class ListeningSocket: Sendable {
    /// −1 once closed.
    private let descriptor: Atomic<Int32>
    /// The address with the port that was chosen.
    let address: SocketAddress

    /// Binds and listens; port 0 lets the system choose.
    init(at address: SocketAddress, backlog: Int32) throws(SystemError) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let fd = socket(address.family, kind, 0)
        guard fd >= 0 else { throw .last("socket") }
        do throws(SystemError) {
            // A restarted server takes its port back although old connections are in TIME_WAIT.
            var one: Int32 = 1
            _ = unsafe setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
            if address.family == AF_INET6 {
                _ = unsafe setsockopt(
                    fd,
                    Int32(IPPROTO_IPV6),
                    IPV6_V6ONLY,
                    &one,
                    socklen_t(MemoryLayout<Int32>.size)
                )
            }
            if let failure = unsafe address.withSystemAddress({ address, length -> SystemError? in
                unsafe bind(fd, address, length) == 0 ? nil : .last("bind")
            }) {
                throw failure
            }
            guard listen(fd, backlog) == 0 else { throw .last("listen") }
            self.address = try ListeningSocket.localAddress(fd)
            descriptor = Atomic(fd)
        } catch {
            _ = Glibc.close(fd)
            throw error
        }
    }

    deinit { close() }

    private static func localAddress(_ fd: Int32) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(fd, $0, &length) }
        }
        guard code == 0 else { throw .last("getsockname") }
        return SocketAddress(storage, length: length)
    }

    /// The next connection with the client's address; `nil` when none is waiting.
    ///
    /// `secure` makes the TLS side of its descriptor.
    func accept(
        secure: ((Int32) -> TLSSession?)? = nil
    ) throws(SystemError) -> (stream: ByteStream, remote: SocketAddress)? {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let fd = unsafe calt_accept(self.fd, &storage, &length)
            if fd >= 0 {
                return (try ByteStream.accepted(fd, secure: secure), SocketAddress(storage, length: length))
            }
            let error = SystemError.last("accept4")
            switch error.code {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw error
            }
        }
    }

    func register(with poller: Poller, token: UInt64) throws(SystemError) { try poller.add(fd, token: token) }

    func close() {
        let last = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if last >= 0 { _ = Glibc.close(last) }
    }

    private var fd: Int32 { descriptor.load(ordering: .relaxed) }
}
