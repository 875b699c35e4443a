import CAlternator
import Glibc

/// What a system call reported, with the call's name.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    /// The value of `errno`.
    package let code: Int32

    package init(_ call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// Reads `errno`: to be made right after the call.
    static func last(_ call: String) -> SystemError { SystemError(call, code: errno) }

    /// The system's sentence for the code, such as "Connection refused".
    package var reason: String {
        let text = unsafe [CChar](unsafeUninitializedCapacity: 256) { buffer, count in
            unsafe buffer.initialize(repeating: 0)
            count = 256
            unsafe calt_error_text(code, buffer.baseAddress!, 256)
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "error \(code)" : String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { "\(call): \(reason) (\(code))" }
}

extension SystemError {
    package static let invalidArgument = EINVAL
    package static let addressInUse = EADDRINUSE
    package static let badDescriptor = EBADF
}
