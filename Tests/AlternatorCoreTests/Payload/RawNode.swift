import Foundation
import Glibc
import Synchronization

/// A node that knows just enough HTTP to keep what it was sent as it came over the socket.
final class RawNode: Sendable {
    struct Request: Sendable {
        /// Every line before the empty one.
        let lines: [String]
        let body: [UInt8]
    }

    private struct State {
        var requests: [Request] = []
        /// Header lines and body of answers to operations.
        var answer: (lines: [String], body: [UInt8]) = ([], Array("{}".utf8))
        var connections: [Int32] = []
        var isStopped = false
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// Listens on 127.0.0.1 until `stop`.
    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { self.acceptAll() }
    }

    /// Operations so far, in their order.
    var operations: [Request] {
        state.withLock { $0.requests.filter { $0.lines[0].hasPrefix("POST ") } }
    }
    var discoveries: [Request] { state.withLock { $0.requests.filter { $0.lines[0].hasPrefix("GET ") } } }

    /// What operations are answered from now on.
    func setAnswer(_ lines: [String], _ body: [UInt8]) { state.withLock { $0.answer = (lines, body) } }

    func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            let isStopped = state.withLock { state in
                state.connections.append(connection)
                return state.isStopped
            }
            if isStopped { break }
            Thread.detachNewThread { self.serve(connection) }
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        var pending: [UInt8] = []
        while let request = Self.read(connection, &pending) {
            let isDiscovery = request.lines[0].hasPrefix("GET ")
            let answer = state.withLock { state in
                state.requests.append(request)
                return isDiscovery ? ([], Array(#"["127.0.0.1"]"#.utf8)) : state.answer
            }
            var lines = ["HTTP/1.1 200 OK", "Content-Length: \(answer.1.count)"] + answer.0
            lines += ["", ""]
            Self.write(connection, Array(lines.joined(separator: "\r\n").utf8) + answer.1)
        }
        state.withLock { $0.connections.removeAll { $0 == connection } }
        close(connection)
    }

    /// The next request; `nil` at the end.
    private static func read(_ connection: Int32, _ pending: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
                let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
                let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
                if pending.count >= end.upperBound + length {
                    let body = Array(pending[end.upperBound..<end.upperBound + length])
                    pending.removeFirst(end.upperBound + length)
                    return Request(lines: lines, body: body)
                }
            }
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            pending += chunk[..<count]
        }
    }

    private static func write(_ connection: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
