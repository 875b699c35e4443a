import Glibc

/// Lines for whoever runs the process.
package enum StandardError {
    /// Writes the line and its end in one call, so that lines of several threads do not mix; errors are ignored.
    package static func write(line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
