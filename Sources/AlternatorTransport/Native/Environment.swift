import Glibc

/// The environment of the process.
package enum Environment {
    /// The value of a variable; `nil` if there is none.
    package static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }
}
