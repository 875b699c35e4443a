import CAlternator
import Glibc
import Synchronization

/// One operating-system thread with a body; to be joined or detached once.
final class NativeThread: Sendable {
    private let handle: Mutex<pthread_t?>

    private init(handle: pthread_t) { self.handle = Mutex(handle) }

    /// Holds the body for the new thread.
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a thread; `name` shows in debuggers, 15 characters of it.
    static func start(
        name: String,
        body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> NativeThread {
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let code = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                unsafe calt_name_thread(String(start.name.prefix(15)))
                start.body()
                return nil
            },
            start.toOpaque()
        )
        guard code == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", code: code)
        }
        return NativeThread(handle: handle)
    }

    /// Waits until the body has returned.
    func join() {
        guard let handle = handle.withLock({ $0.take() }) else { return }
        _ = pthread_join(handle, nil)
    }

    /// Lets the thread end unobserved.
    func detach() {
        guard let handle = handle.withLock({ $0.take() }) else { return }
        _ = pthread_detach(handle)
    }

    deinit { detach() }
}

/// The number of the event loop that the calling thread runs; 0 on other threads.
enum CurrentLoop {
    static var number: UInt64 {
        get { calt_current_loop() }
        set { calt_set_current_loop(newValue) }
    }
}
