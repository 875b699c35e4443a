import CAlternator
import Glibc

/// What a descriptor is ready for.
struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The other side sent FIN, or the connection is gone.
    static let hangup = Readiness(rawValue: EPOLLRDHUP.rawValue | EPOLLHUP.rawValue)
    static let error = Readiness(rawValue: EPOLLERR.rawValue)
}

/// epoll and the eventfd that wakes it: the one place that knows the system's selector.
///
/// Descriptors are added once, edge-triggered, for everything; closing a descriptor removes it.
/// `wait` and `event` belong to one thread, `wake` to all.
@safe
final class Poller: @unchecked Sendable {  // The event buffer is touched by the loop's thread alone, and only here.
    /// The token that stands for a wake-up; no descriptor may have it.
    static let wakeToken: UInt64 = .max

    private let epoll: Int32
    private let waker: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>

    init() throws(SystemError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .last("epoll_create1") }
        waker = calt_eventfd_create()
        guard waker >= 0 else {
            let error = SystemError.last("eventfd")
            Glibc.close(epoll)
            throw error
        }
        unsafe events = .allocate(capacity: 256)
        unsafe events.initialize(repeating: epoll_event())
        if calt_epoll_add(epoll, waker, EPOLLIN.rawValue | EPOLLET.rawValue, Poller.wakeToken) != 0 {
            throw .last("epoll_ctl")
        }
    }

    deinit {
        unsafe events.deallocate()
        Glibc.close(waker)
        Glibc.close(epoll)
    }

    /// How many events one wait gives at most.
    var capacity: Int { unsafe events.count }

    /// Watches a descriptor from now until it is closed.
    func add(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        let interest = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        if calt_epoll_add(epoll, descriptor, interest, token) != 0 { throw .last("epoll_ctl") }
    }

    /// Waits for events, at most `milliseconds`; negative: without end.
    ///
    /// - Returns: how many there are; interrupted waits give 0.
    func wait(milliseconds: Int32) -> Int {
        Int(max(0, unsafe epoll_wait(epoll, events.baseAddress!, Int32(events.count), milliseconds)))
    }

    /// An event of the last `wait`.
    func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
        precondition(unsafe index < events.count, "An event index beyond the last wait.")
        let event = unsafe events.baseAddress! + index
        return unsafe (calt_epoll_data(event), Readiness(rawValue: event.pointee.events))
    }

    /// Makes `wait` return, now or the next time.
    func wake() { calt_eventfd_wake(waker) }

    /// Forgets wake-ups; called by the loop when it sees `wakeToken`.
    func clearWake() { calt_eventfd_clear(waker) }
}
