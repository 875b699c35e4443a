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

    /// Whether the calling thread, when it wakes up, leaves running threads alone until they pause or their slice ends.
    ///
    /// It keeps its share of the processor.
    /// - Returns: false where the thread has been given a special policy, which stays, or where the system refuses.
    static func setGathering(_ isOn: Bool) -> Bool { calt_set_gathering(isOn) }

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

/// The event loop that the calling thread runs.
enum CurrentLoop {
    /// `nil` on threads that run none.
    ///
    /// The thread holds its loop until it has ended, so what is found is alive.
    static var loop: EventLoop? {
        guard let pointer = unsafe calt_current_loop() else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the calling thread runs this loop.
    static func isThread(of loop: EventLoop) -> Bool {
        unsafe calt_current_loop() == Unmanaged.passUnretained(loop).toOpaque()
    }

    /// Called by the thread of a loop as it begins, and with `nil` before it ends.
    static func set(_ loop: EventLoop?) {
        unsafe calt_set_current_loop(loop.map { unsafe Unmanaged.passUnretained($0).toOpaque() })
    }

    /// The place of the loop in the group with this number; `nil` where the thread runs none of its loops.
    ///
    /// Counts no references, unlike `loop`.
    static func place(in group: UInt64) -> Int? { with(in: group) { $0.index } }

    /// Calls `body` with the loop that the thread runs, if that is of the group with this number.
    @inline(__always)
    static func with<Result>(in group: UInt64, _ body: (EventLoop) -> Result?) -> Result? {
        guard let pointer = unsafe calt_current_loop() else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer)._withUnsafeGuaranteedRef {
            $0.group == group ? body($0) : nil
        }
    }

    /// The number of the loop; 0 on other threads.
    static var number: UInt64 { loop?.number ?? 0 }
}
