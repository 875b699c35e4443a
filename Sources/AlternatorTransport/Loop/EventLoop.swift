import Synchronization

/// One thread that waits for sockets and deadlines and runs what they set off, tasks included.
///
/// Members marked "loop" belong to its thread; everything shared is in `inbox`.
/// What blocks must not run here: it would hold up every connection of the loop.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// Numbers of loops are never used again within a process.
    private static let lastNumber = Atomic<UInt64>(0)

    package let number: UInt64
    /// Its place among the loops of its group.
    package let index: Int
    /// The number of its group; 0: it has none.
    let group: UInt64

    private struct Inbox {
        enum Phase { case idle, running, stopping, stopped }
        var phase = Phase.idle
        var jobs: [LoopJob] = []
        var actions: [@Sendable (EventLoop) -> Void] = []
        /// A wake-up is under way: no second one is needed.
        var woken = false
        var poller: Poller?
        var thread: NativeThread?
        /// Called by the loop's thread as its last act.
        var stopHandlers: [@Sendable () -> Void] = []

        /// The poller to wake, unless that is already under way.
        mutating func takeWake() -> Poller? {
            if woken { return nil }
            woken = true
            return poller
        }
    }
    private let inbox = Mutex(Inbox())
    /// True from the first successful `start`.
    private let started = Atomic<Bool>(false)

    // Loop:
    private var channels = ChannelTable()
    private var timers = TimerHeap()
    private let localJobs = JobQueue()
    private var stopping = false
    /// Whose requests are written when the queued jobs have run.
    private var unflushed: [Connection?] = []
    /// Memory for the next ones.
    private var spareUnflushed: [Connection?] = []
    private var isFlushing = false
    private var poller: Poller?
    private var busyPoll: BusyPoll
    /// Who waits elsewhere; `nil`: the loop never gathers.
    private let callers: CallerCount?
    private(set) var gathering: Gathering
    /// What the last wait has brought.
    private var eventCount = 0
    /// Whether `exchangeBegan` and `exchangeEnded` count: only busy polling asks.
    private let countsExchanges: Bool
    private let exchanges = Atomic<Int>(0)
    /// The clock as of the last wait; loop.
    private(set) var now = MonotonicTime.now
    /// When the loop has last looked at all its sockets; loop.
    private(set) var lastLook = MonotonicTime.distantPast
    /// One buffer for all reads, so that an idle connection holds none; loop.
    let input = InputBuffer()
    /// True while a job of a task runs, false while the loop itself resumes one; loop.
    private(set) var isRunningJob = false
    /// Where the task belongs that is being resumed from here, if not here; loop.
    var resumingFor: EventLoop?

    package convenience init(index: Int = 0) {
        self.init(index: index, group: 0, busyPollLimit: nil, callers: nil, many: 0)
    }

    init(index: Int, group: UInt64, busyPollLimit: Int64?, callers: CallerCount?, many: Int) {
        self.index = index
        self.group = group
        self.callers = callers
        gathering = Gathering(many: many)
        busyPoll = BusyPoll(limit: busyPollLimit)
        countsExchanges = busyPoll.isOn
        number = EventLoop.lastNumber.add(1, ordering: .relaxed).newValue
    }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool { CurrentLoop.isThread(of: self) }

    /// How many jobs wait on this loop's own list; loop.
    var backlog: Int { localJobs.count }

    // MARK: Life

    /// Starts the thread, once; later calls cost one atomic read.
    package func start() throws(SystemError) {
        if started.load(ordering: .acquiring) { return }
        let result = inbox.withLock { inbox -> Result<Void, SystemError> in
            guard inbox.phase == .idle else { return .success(()) }
            do throws(SystemError) {
                let poller = try Poller()
                // The thread holds the loop until it ends.
                inbox.thread = try NativeThread.start(name: "alternator-\(index)") { self.run(poller) }
                inbox.poller = poller
                inbox.phase = .running
                started.store(true, ordering: .releasing)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Asks the loop to close its channels and end; `handler` is called, from its thread, as the last act.
    package func stop(then handler: @escaping @Sendable () -> Void = {}) {
        let (poller, ended) = inbox.withLock { inbox -> (Poller?, Bool) in
            switch inbox.phase {
            case .idle:
                inbox.phase = .stopped
                return (nil, true)
            case .running:
                inbox.phase = .stopping
                inbox.stopHandlers.append(handler)
                return (inbox.poller, false)
            case .stopping:
                inbox.stopHandlers.append(handler)
                return (nil, false)
            case .stopped:
                return (nil, true)
            }
        }
        poller?.wake()
        if ended { handler() }
    }

    /// Waits for the thread, which must have been stopped; never from the loop itself.
    package func join() {
        precondition(!isCurrent, "A loop cannot wait for itself.")
        inbox.withLock { $0.thread.take() }?.join()
    }

    // MARK: Work from anywhere

    /// Runs an action on the loop: at once if called there.
    ///
    /// - Returns: false if the loop has ended or never ran; the action is then dropped.
    @discardableResult
    func execute(_ action: @escaping @Sendable (EventLoop) -> Void) -> Bool {
        if isCurrent {
            action(self)
            return true
        }
        return executeLater(action)
    }

    /// As `execute`, but never before the caller returns.
    @discardableResult
    func executeLater(_ action: @escaping @Sendable (EventLoop) -> Void) -> Bool {
        let (taken, wake) = inbox.withLock { inbox -> (Bool, Poller?) in
            guard inbox.phase == .running || inbox.phase == .stopping else { return (false, nil) }
            inbox.actions.append(action)
            return (true, inbox.takeWake())
        }
        wake?.wake()
        return taken
    }

    package func enqueue(_ job: consuming ExecutorJob) { enqueue(LoopJob(job, on: self)) }

    /// Runs a job here; on the global executor once this loop has ended.
    func enqueue(_ job: LoopJob) {
        if isCurrent { return enqueueHere(job) }
        enqueueLater(job)
    }

    /// As `enqueue`, called on the loop.
    func enqueueHere(_ job: LoopJob) {
        if stopping { return enqueueLater(job) }
        localJobs.append(job)
    }

    private func enqueueLater(_ job: LoopJob) {
        let (taken, wake) = inbox.withLock { inbox -> (Bool, Poller?) in
            guard inbox.phase == .running || inbox.phase == .stopping else { return (false, nil) }
            inbox.jobs.append(job)
            return (true, inbox.takeWake())
        }
        wake?.wake()
        if !taken { job.runElsewhere() }
    }

    // MARK: Work on the loop

    /// A copy of the first bytes read.
    func copyInput(_ count: Int) -> [UInt8] { input.copy(count) }

    /// Writes a request that is most likely taken whole at once; nothing in `input` may still be needed.
    func write(_ request: borrowing OutgoingRequest, to stream: ByteStream) -> WriteOutcome {
        stream.write(request.head, request.body, through: input)
    }

    func schedule(_ timer: LoopTimer, at deadline: MonotonicTime) { timers.schedule(timer, at: deadline) }

    func cancel(_ timer: LoopTimer) { timers.cancel(timer) }

    /// Watches a stream for a channel.
    func register(_ channel: Channel, _ stream: ByteStream) throws(SystemError) {
        guard let poller else { throw SystemError("epoll_ctl", code: SystemError.badDescriptor) }
        let token = channels.insert(channel)
        do throws(SystemError) {
            try stream.register(with: poller, token: token)
        } catch {
            channels.remove(channel)
            throw error
        }
    }

    func register(_ channel: Channel, _ socket: ListeningSocket) throws(SystemError) {
        guard let poller else { throw SystemError("epoll_ctl", code: SystemError.badDescriptor) }
        let token = channels.insert(channel)
        do throws(SystemError) {
            try socket.register(with: poller, token: token)
        } catch {
            channels.remove(channel)
            throw error
        }
    }

    func replace(_ channel: Channel, with successor: Channel) { channels.replace(channel, with: successor) }

    /// Forgets a channel and its deadline; its descriptor is the owner's to close.
    func unregister(_ channel: Channel) {
        timers.cancel(channel)
        channels.remove(channel)
    }

    /// All channels; loop.
    var allChannels: [Channel] { channels.all }

    // MARK: The thread

    private func run(_ poller: Poller) {
        CurrentLoop.set(self)
        self.poller = poller
        while !stopping {
            runLocalJobs()
            if !unflushed.isEmpty { flush() }
            if let callers { gather(callers) }
            let count = busyPoll.isOn ? watch(poller) : poller.wait(milliseconds: waitTime())
            now = .now
            eventCount = count
            if count < poller.capacity { lastLook = now }
            for index in 0..<count {
                let (token, readiness) = poller.event(index)
                if token == Poller.wakeToken {
                    poller.clearWake()
                    takeInbox()
                } else {
                    channels[token]?.ready(readiness)
                }
            }
            while let timer = timers.popExpired(at: now) { timer.fired(on: self) }
        }
        finish()
    }

    /// Runs what is queued now; what these jobs queue waits for the next round, after a look at the sockets.
    private func runLocalJobs() {
        guard localJobs.count > 0 else { return }
        isRunningJob = true
        localJobs.run()
        isRunningJob = false
    }

    private func gather(_ callers: CallerCount) {
        guard let isOn = gathering.change(callers: callers.current, events: eventCount, now: now) else { return }
        if !NativeThread.setGathering(isOn) { gathering.stop(at: now) }
    }

    /// Writes the connection's request a little later: when the jobs that are queued now have run, or when so many wait.
    ///
    /// A task's code and the kernel's way from `send` to the wire together do not fit into a processor's cache for code.
    /// Each for several requests in a row is 5 to 10 % less work than both in turn.
    func flushLater(_ connection: Connection) {
        unflushed.append(connection)
        // A bound to how long a request waits for other tasks.
        if unflushed.count >= EventLoop.maximumUnflushed, !isFlushing { flush() }
    }

    private func flush() {
        isFlushing = true
        // A write that fails may lead to another request, which waits in the other list.
        while !unflushed.isEmpty {
            var connections: [Connection?] = []
            swap(&connections, &spareUnflushed)
            swap(&connections, &unflushed)
            // Taken out and not only looked at, which would count a reference.
            for index in connections.indices { connections[index].take()?.flush() }
            connections.removeAll(keepingCapacity: true)
            swap(&connections, &spareUnflushed)
        }
        isFlushing = false
    }

    private static let maximumUnflushed = 32

    /// Waits for events as `busyPoll` says.
    private func watch(_ poller: Poller) -> Int {
        let milliseconds = waitTime()
        let answersDue = exchanges.load(ordering: .relaxed)
        guard milliseconds != 0, answersDue > 0 else { return poller.wait(milliseconds: milliseconds) }
        let start = MonotonicTime.now
        defer { busyPoll.waited(MonotonicTime.now.nanoseconds(since: start)) }
        let end = start.advanced(byNanoseconds: busyPoll.budget(answersDue: answersDue))
        while MonotonicTime.now < end {
            let count = poller.wait(milliseconds: 0)
            if count > 0 { return count }
        }
        return poller.wait(milliseconds: waitTime())
    }

    /// A request goes out on a connection of this loop; from any thread.
    func exchangeBegan() { if countsExchanges { exchanges.add(1, ordering: .relaxed) } }

    /// Its connection is free again or gone; from any thread.
    func exchangeEnded() { if countsExchanges { exchanges.subtract(1, ordering: .relaxed) } }

    /// Requests on their way; 0 unless the loop counts them.
    var exchangesInFlight: Int { exchanges.load(ordering: .relaxed) }

    private func waitTime() -> Int32 {
        if localJobs.count > 0 { return 0 }
        guard let next = timers.next else { return -1 }
        // Rounded up: a wait that ends too early would spin.
        let milliseconds = (next.nanoseconds(since: .now) &+ 999_999) / 1_000_000
        return Int32(min(max(0, milliseconds), 60_000))
    }

    private func takeInbox() {
        let (jobs, actions, phase) = inbox.withLock { inbox in
            inbox.woken = false
            let taken = (inbox.jobs, inbox.actions, inbox.phase)
            inbox.jobs = []
            inbox.actions = []
            return taken
        }
        for action in actions { action(self) }
        for job in jobs { localJobs.append(job) }
        if phase == .stopping { stopping = true }
    }

    /// Ends every channel, hands what is queued to the global executor, and reports.
    private func finish() {
        var handlers: [@Sendable () -> Void] = []
        while true {
            for channel in channels.all { channel.loopStopping() }
            for timer in timers.removeAll() { timer.abandoned() }
            for job in localJobs.removeAll() { job.runElsewhere() }
            let (jobs, actions, ended) = inbox.withLock { inbox in
                let ended = inbox.jobs.isEmpty && inbox.actions.isEmpty
                let taken = (inbox.jobs, inbox.actions, ended)
                inbox.jobs = []
                inbox.actions = []
                if ended {
                    inbox.phase = .stopped
                    inbox.poller = nil
                    handlers += inbox.stopHandlers
                    inbox.stopHandlers = []
                }
                return taken
            }
            for action in actions { action(self) }
            for job in jobs { localJobs.append(job) }
            if ended, channels.all.isEmpty { break }
        }
        poller = nil
        CurrentLoop.set(nil)
        for handler in handlers { handler() }
    }
}
