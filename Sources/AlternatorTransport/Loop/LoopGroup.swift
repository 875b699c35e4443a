import Synchronization

/// Several event loops as one task executor.
///
/// A new task goes to the next loop in turn. A task that the transport resumes stays on the loop that read its
/// answer; work that tasks start themselves stays too, until a loop has more than `crowd` jobs waiting.
package final class LoopGroup: TaskExecutor, Sendable {
    /// Numbers of groups are never used again within a process.
    private static let lastNumber = Atomic<UInt64>(0)

    package let loops: [EventLoop]
    private let number: UInt64
    private let turn = Atomic<Int>(0)
    /// Tasks elsewhere that wait for answers.
    let callers: CallerCount
    /// From so many of them for each loop on, the loops gather: below, the loop is as good as alone.
    private static let manyCallers = 8
    /// Above this many waiting jobs a loop passes further ones to the others: enough to keep the hops of a few
    /// tasks to actors and back in place, few enough to spread a task group.
    private static let crowd = 8

    /// Threads start with the first work.
    ///
    /// - Parameters:
    ///   - count: at least 1.
    ///   - busyPollLimit: see `BusyPoll`; `nil`: the loops sleep until something happens.
    ///   - gathers: whether loops gather answers for many callers elsewhere, see `Gathering`.
    package init(count: Int, busyPollLimit: Int64? = nil, gathers: Bool = false) {
        let count = max(1, count)
        let callers = CallerCount()
        self.callers = callers
        let number = LoopGroup.lastNumber.add(1, ordering: .relaxed).newValue
        self.number = number
        loops = (0..<count).map {
            EventLoop(
                index: $0,
                group: number,
                busyPollLimit: busyPollLimit,
                callers: gathers ? callers : nil,
                many: LoopGroup.manyCallers * count
            )
        }
    }

    deinit { stop() }

    /// The loop the caller runs on, if it is one of this group.
    package var current: EventLoop? { currentPlace.map { loops[$0] } }

    /// Its place in `loops`; counts no references.
    var currentPlace: Int? { CurrentLoop.place(in: number) }

    /// The next loop in turn.
    package func next() -> EventLoop {
        if loops.count == 1 { return loops[0] }
        let turn = turn.add(1, ordering: .relaxed).newValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    package func start() throws(SystemError) {
        for loop in loops { try loop.start() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = LoopJob(job, on: self)
        let isTaken = CurrentLoop.with(in: number) { loop -> Bool in
            if let home = loop.resumingFor {
                home.enqueue(job)
                return true
            }
            guard loops.count == 1 || !loop.isRunningJob || loop.backlog < LoopGroup.crowd else { return false }
            loop.enqueueHere(job)
            return true
        }
        if isTaken == true { return }
        let loop = next()
        // A loop that cannot start refuses the job, which then runs on the global executor.
        try? loop.start()
        loop.enqueue(job)
    }

    /// Asks all loops to end, without waiting.
    package func stop() {
        for loop in loops { loop.stop() }
    }

    /// Ends all loops and waits for their threads, without blocking the caller's thread meanwhile.
    package func shutDown() async {
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.stop { continuation.resume() }
            }
        }
        // Every thread has done its last act, so these waits are short. A task of ours runs elsewhere by now.
        for loop in loops { loop.join() }
    }
}
