#if ALTERNATOR_TSAN

    import Foundation

    /// Takes the place of the standard library's `Mutex` in a build for the Thread Sanitizer.
    ///
    /// On Linux that one hands a contended lock over inside the kernel, where the sanitizer does not see it, and every use
    /// of the state it protects is then reported as a race. `NSLock` is a POSIX mutex, whose calls the sanitizer follows;
    /// it reports locks taken in two orders too. Every module that uses `Mutex` has a symbolic link to this file: what a
    /// module declares goes before what it imports.
    struct Mutex<Value: ~Copyable>: ~Copyable, Sendable {
        private final class Box: @unchecked Sendable {
            let lock = NSLock()
            var value: Value

            init(_ value: consuming Value) { self.value = value }
        }

        private let box: Box

        init(_ value: consuming sending Value) { box = Box(value) }

        func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            box.lock.lock()
            defer { box.lock.unlock() }
            return try body(&box.value)
        }
    }

#endif
