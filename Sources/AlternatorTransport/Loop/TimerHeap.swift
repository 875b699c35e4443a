/// Something with at most one deadline on its loop; subclasses say what happens then.
///
/// All members belong to the loop's thread.
class LoopTimer: @unchecked Sendable {
    /// Where it stands in the heap; −1: not there.
    fileprivate var position = -1
    fileprivate(set) var deadline = MonotonicTime.distantFuture

    /// The deadline has passed; called once per scheduling.
    func fired(on loop: EventLoop) {}

    /// The loop ended before the deadline.
    func abandoned() {}
}

/// The deadlines of one loop, the earliest first: an indexed binary heap, so that removal needs no search.
struct TimerHeap {
    private var timers: [LoopTimer] = []

    var isEmpty: Bool { timers.isEmpty }

    /// The earliest deadline.
    var next: MonotonicTime? { timers.first?.deadline }

    /// Sets or moves a deadline.
    mutating func schedule(_ timer: LoopTimer, at deadline: MonotonicTime) {
        timer.deadline = deadline
        if timer.position < 0 {
            timer.position = timers.count
            timers.append(timer)
        }
        rise(from: timer.position)
        sink(from: timer.position)
    }

    /// Forgets a deadline, if there is one.
    mutating func cancel(_ timer: LoopTimer) {
        let hole = timer.position
        guard hole >= 0 else { return }
        timer.position = -1
        let last = timers.removeLast()
        guard hole < timers.count else { return }
        place(last, at: hole)
        rise(from: hole)
        sink(from: last.position)
    }

    /// Takes the earliest timer if its deadline is not after `now`.
    mutating func popExpired(at now: MonotonicTime) -> LoopTimer? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        cancel(first)
        return first
    }

    /// Takes all of them out.
    mutating func removeAll() -> [LoopTimer] {
        for timer in timers { timer.position = -1 }
        defer { timers.removeAll() }
        return timers
    }

    private mutating func place(_ timer: LoopTimer, at index: Int) {
        timers[index] = timer
        timer.position = index
    }

    private mutating func rise(from start: Int) {
        var index = start
        let timer = timers[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.deadline < timers[parent].deadline else { break }
            place(timers[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func sink(from start: Int) {
        var index = start
        let timer = timers[index]
        while true {
            var child = 2 * index + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].deadline < timers[child].deadline { child += 1 }
            guard timers[child].deadline < timer.deadline else { break }
            place(timers[child], at: index)
            index = child
        }
        place(timer, at: index)
    }
}
